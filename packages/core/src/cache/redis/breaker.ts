/** Five late answers in a row are 50 ms of somebody's payment, and no chance: a cache that answers at all answers most. */
export const FAILURES_MAX = 5;
/** The first pause is shorter than most failovers; the longest costs one late answer in ten seconds. */
const PAUSE_MS = 250;
const PAUSE_MS_MAX = 10_000;

/** Stops asking who failed several times in a row, and asks again with one command after a pause. Milliseconds are monotonic. */
export class Breaker {
  #failures = 0;
  /** Pauses since the last success: each is twice as long as the one before. */
  #pauses = 0;
  #openUntilMs = 0;
  #isProbing = false;

  get isOpen(): boolean {
    return this.#pauses > 0;
  }

  /** True where a command may be sent now: after a pause to the first who asks, until its fate is known. */
  allows(nowMs: number): boolean {
    if (!this.isOpen) return true;
    if (this.#isProbing || nowMs < this.#openUntilMs) return false;
    this.#isProbing = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    // What was sent before the pause says nothing about now.
    if (!this.#isProbing) return;
    this.#isProbing = false;
    this.#pauses = 0;
  }

  /** True where this was the failure that begins a pause. */
  failed(nowMs: number): boolean {
    if (this.isOpen && !this.#isProbing) return false;
    this.#failures += 1;
    if (!this.#isProbing && this.#failures < FAILURES_MAX) return false;
    this.#openUntilMs = nowMs + Math.min(PAUSE_MS * 2 ** this.#pauses, PAUSE_MS_MAX);
    this.#pauses += 1;
    this.#failures = 0;
    this.#isProbing = false;
    return true;
  }
}
