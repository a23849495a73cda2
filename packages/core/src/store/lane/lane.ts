import { StoreError } from "../../record/index.ts";

/** `weigh`: an item's bytes. `send`: answers in the order of the items, a StoreError for one that failed alone. */
export type LaneOptions<In, Out> = Readonly<{
  countMax: number;
  bytesMax: number;
  waitingMax: number;
  /** Batches that may be away at the same time. */
  atOnce: number;
  weigh: (item: In) => number;
  /** Asked once, when the item's batch leaves; one that nobody wants any more is refused, and was never sent. */
  wanted?: (item: In) => boolean;
  send: (items: readonly In[]) => Promise<readonly (Out | StoreError)[]>;
}>;

type Waiting<In, Out> = Readonly<{ item: In; resolve: (out: Out) => void; reject: (error: unknown) => void }>;

/**
 * Group commit: items that arrive while as many batches are away as may be wait, and leave together when one is back. There is
 * no timer: an item that finds the way free leaves at the end of this turn of the event loop, with all that arrived in the
 * same turn.
 */
export class Lane<In, Out> {
  readonly #options: LaneOptions<In, Out>;
  #waiting: Waiting<In, Out>[] = [];
  #runs = 0;
  /** Waits for the end of all runs. */
  #idle: PromiseWithResolvers<void> | null = null;
  /** A batch that leaves at the end of this turn takes what arrives until then. */
  #gathering = false;

  constructor(options: LaneOptions<In, Out>) {
    this.#options = options;
  }

  add(item: In): Promise<Out> {
    if (this.#waiting.length >= this.#options.waitingMax) {
      const message = `${this.#waiting.length} calls already wait for the store: it does not keep up, slow down`;
      return Promise.reject(new StoreError("unavailable", message));
    }
    const added = new Promise<Out>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
    });
    if (!this.#gathering && this.#runs < this.#options.atOnce) void this.#run();
    return added;
  }

  /** Resolves when nothing waits and nothing is away. */
  async idle(): Promise<void> {
    if (this.#runs === 0) return;
    this.#idle ??= Promise.withResolvers<void>();
    await this.#idle.promise;
  }

  async #run(): Promise<void> {
    this.#runs += 1;
    do {
      this.#gathering = true;
      await endOfTurn();
      this.#gathering = false;
      const batch = this.#nextBatch();
      if (batch.length > 0) await this.#sendBatch(batch);
      // Who is about to leave takes what waits.
    } while (this.#waiting.length > 0 && !this.#gathering);
    this.#runs -= 1;
    if (this.#runs > 0) return;
    this.#idle?.resolve();
    this.#idle = null;
  }

  #nextBatch(): Waiting<In, Out>[] {
    const { countMax, bytesMax, weigh } = this.#options;
    let count = 0;
    for (let bytes = 0; count < Math.min(countMax, this.#waiting.length); count++) {
      bytes += weigh((this.#waiting[count] as Waiting<In, Out>).item);
      if (bytes > bytesMax && count > 0) break;
    }
    const batch = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return batch.filter((waiting) => this.#isWanted(waiting));
  }

  #isWanted({ item, reject }: Waiting<In, Out>): boolean {
    if (this.#options.wanted?.(item) !== false) return true;
    reject(new StoreError("unavailable", "Nobody waits for this call any more"));
    return false;
  }

  async #sendBatch(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const outs = await this.#options.send(batch.map(({ item }) => item));
      for (let index = 0; index < batch.length; index += 1) {
        const [{ resolve, reject }, out] = [batch[index]!, outs[index]!];
        if (out instanceof StoreError) reject(out);
        else resolve(out);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
