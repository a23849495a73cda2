/** Bytes of an answer: kept up to a cap, and past it handed out as they come. */
export class AnswerBuffer {
  readonly #most: number;
  readonly #flowControl: Readonly<{ pause: () => void; resume: () => void }>;
  #kept: Buffer[] = [];
  #bytes = 0;
  #waiting: (() => void) | null = null;
  #ended = false;
  #error: Error | null = null;
  #over = false;

  constructor(most: number, flowControl: Readonly<{ pause: () => void; resume: () => void }>) {
    this.#most = most;
    this.#flowControl = flowControl;
  }

  /** True for the chunk that takes the answer over its cap: the upstream is paused, until somebody reads on. */
  push(chunk: Buffer): boolean {
    // undici hands these over on `resume`: pausing for one would ask for the next, without end.
    if (chunk.length === 0) return false;
    this.#kept.push(chunk);
    this.#bytes += chunk.length;
    const first = !this.#over && this.#bytes > this.#most;
    if (first) this.#over = true;
    if (this.#over) this.#flowControl.pause();
    this.#wake();
    return first;
  }

  /** The whole answer, or what came before it went over the cap. */
  take(): Uint8Array {
    const taken = this.#kept.length === 1 ? this.#kept[0]! : Buffer.concat(this.#kept);
    this.#kept = [];
    return taken;
  }

  end(error: Error | null): void {
    this.#ended = true;
    this.#error = error;
    this.#wake();
  }

  /** What comes after `take`. Throws where the upstream breaks off: the client must not take a part for the whole. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#kept.length > 0) yield this.take();
      else if (this.#error !== null) throw this.#error;
      else if (this.#ended) return;
      else {
        // Wait first: undici may hand over more, and the end, before `resume` returns.
        const more = new Promise<void>((resolve) => {
          this.#waiting = resolve;
        });
        this.#flowControl.resume();
        await more;
      }
    }
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = null;
  }
}
