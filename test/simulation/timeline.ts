import { type Chance, hashOf } from "./chance.ts";

type Event = { readonly at: number; readonly order: number; readonly label: string; call: (() => void) | null };

/**
 * Simulated time. Whatever happens is an event here; between two of them everything that code of ours has promised itself runs
 * to its end. Events of one instant come in an order drawn by the seed.
 */
export class Timeline {
  /** Milliseconds since the run began. */
  now = 0;
  /** Events so far. */
  count = 0;
  /** Of all events in their order: two runs of one seed must have the same. */
  hash = 0x811c9dc5;
  readonly #chance: Chance;
  readonly #heap: Event[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Calls after `ms`. The function that it returns takes the event back. */
  after(ms: number, label: string, call: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, ms), order: this.#chance.fraction(), label, call };
    this.#push(event);
    return () => {
      event.call = null;
    };
  }

  /** Lets time run. `settle` brings every promise that is kept by now to its end. */
  run(until: number, settle: () => void): void {
    settle();
    while (this.#step(until)) settle();
    this.now = Math.max(this.now, until);
  }

  /** The same where promises need a turn of the real event loop: slower, and the same order of events. */
  async runSlowly(until: number, settle: () => Promise<void>): Promise<void> {
    await settle();
    while (this.#step(until)) await settle();
    this.now = Math.max(this.now, until);
  }

  #step(until: number): boolean {
    const heap = this.#heap;
    while (heap.length > 0 && heap[0]!.at <= until) {
      const { at, label, call } = this.#pop();
      if (call === null) continue;
      this.now = at;
      this.count += 1;
      this.hash = hashOf(label, (this.hash ^ Math.floor(at * 16)) >>> 0);
      call();
      return true;
    }
    return false;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent]!, event)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (isBefore(last, heap[child]!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
