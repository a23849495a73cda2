/** What a row's doc can have and still lie in one page of 4 KiB with its key and fence: a longer one gets pages of its own. */
const DOC_BYTES_MAX = 3_900;
/** A longer doc is taken for the usual one within a few rows, a shorter one within some hundred. */
const RISES_BY = 1 / 4;
const FALLS_BY = 1 / 256;

/**
 * How much a claim's row keeps free for the answer that its completion will bring. Without it the completion does not fit where
 * the claim lies, and SQLite splits the page: more pages to write, half empty ones, and 4 % more CPU for a whole payment.
 * A guess from what completions needed before; a wrong one costs no more than that.
 */
export class Room {
  #usual = 0;

  /** For a new row with a doc of so many bytes. */
  behind(docBytes: number): number {
    return this.#usual > DOC_BYTES_MAX ? 0 : Math.max(0, Math.ceil(this.#usual) - docBytes);
  }

  /** A row was replaced by one with a doc of so many bytes. */
  saw(docBytes: number): void {
    const more = docBytes - this.#usual;
    this.#usual += more * (more > 0 ? RISES_BY : FALLS_BY);
  }
}
