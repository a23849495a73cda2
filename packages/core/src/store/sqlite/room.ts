/** What a row's doc can have and still lie in one page of 4 KiB with its key and fence: a longer one gets pages of its own. */
const DOC_BYTES_MAX = 3_900;
/** How far one doc moves what is taken for usual. */
const STEP_BYTES = 16;

/**
 * How much a claim's row keeps free for the answer that its completion will bring. Without it the completion does not fit where
 * the claim lies, and SQLite splits the page: more pages to write, and 4 % more CPU for a whole payment. What is kept is a guess,
 * the median of what completions needed before: room that the next one leaves empty is not filled again, so that a guess by the
 * largest would cost three times the disk where a few answers are long.
 */
export class Room {
  #usual = 0;

  /** For a new row with a doc of so many bytes. */
  behind(docBytes: number): number {
    return this.#usual > DOC_BYTES_MAX ? 0 : Math.max(0, this.#usual - docBytes);
  }

  /** A row was replaced by one with a doc of so many bytes. */
  saw(docBytes: number): void {
    if (this.#usual === 0) this.#usual = docBytes;
    else this.#usual += Math.max(-STEP_BYTES, Math.min(STEP_BYTES, docBytes - this.#usual));
  }
}
