import type { Fingerprint, RecordKey, Reply } from "../record/index.ts";

/** Requests with one key in one process: the first leads, the others learn from it without a question to the store. */
export type Flight = Readonly<{
  fingerprint: Fingerprint;
  /** True once the claim is durable and the request runs; false where the leader was answered by what is stored. */
  claimed: () => Promise<boolean>;
  reply: () => Promise<Reply>;
}>;

export type Lead = Readonly<{
  claimed: (runs: boolean) => void;
  tell: (reply: Reply) => void;
  /** Others wait for what the leader is told. */
  isFollowed: () => boolean;
}>;

export class Coalescer {
  readonly #flights = new Map<RecordKey, Flight>();

  get size(): number {
    return this.#flights.size;
  }

  flight(key: RecordKey): Flight | null {
    return this.#flights.get(key) ?? null;
  }

  /** Takes the lead for a key. It ends when the leader has been told, whatever still goes on behind it. */
  lead(key: RecordKey, fingerprint: Fingerprint): Lead {
    const claimed = new Later<boolean>();
    const reply = new Later<Reply>();
    this.#flights.set(key, { fingerprint, claimed: () => claimed.promise(), reply: () => reply.promise() });
    return {
      claimed: (runs) => claimed.settle(runs),
      tell: (told) => {
        this.#flights.delete(key);
        claimed.settle(false);
        reply.settle(told);
      },
      isFollowed: () => claimed.isAwaited || reply.isAwaited,
    };
  }
}

/** A value that comes later. Few leaders have a follower, and a promise that nobody waits for is not free. */
class Later<T> {
  #settled: { value: T } | null = null;
  #waiting: PromiseWithResolvers<T> | null = null;

  get isAwaited(): boolean {
    return this.#waiting !== null;
  }

  settle(value: T): void {
    this.#settled ??= { value };
    this.#waiting?.resolve(value);
  }

  promise(): Promise<T> {
    if (this.#settled !== null) return Promise.resolve(this.#settled.value);
    this.#waiting ??= Promise.withResolvers<T>();
    return this.#waiting.promise;
  }
}
