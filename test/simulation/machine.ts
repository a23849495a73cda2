import type { Clock } from "@semel/core/engine";
import type { Instant } from "@semel/core/record";
import type { Timeline } from "./timeline.ts";

/** Where simulated time begins on every wall clock. */
export const EPOCH_MS = 1_800_000_000_000;

/** A machine with a wall clock of its own. Processes on it come and go. */
export class Machine {
  readonly name: string;
  /** How far its wall clock is ahead of true time. Any two clocks differ by less than the policy's skew. */
  aheadMs = 0;
  /** Until when nothing of it runs: stopped, or suspended with all its clocks but the wall's. */
  stoppedUntil = 0;
  /** How long it has been suspended so far: its monotonic clock knows nothing of that time. */
  suspendedMs = 0;
  readonly #timeline: Timeline;

  constructor(name: string, timeline: Timeline) {
    this.name = name;
    this.#timeline = timeline;
  }

  get isStopped(): boolean {
    return this.#timeline.now < this.stoppedUntil;
  }

  stop(ms: number): void {
    this.stoppedUntil = Math.max(this.stoppedUntil, this.#timeline.now + ms);
  }

  /** The machine sleeps: the wall clock has gone on when it wakes up, the monotonic one has not. */
  suspend(ms: number): void {
    this.stop(ms);
    this.suspendedMs += ms;
  }
}

/**
 * One process, from its start to its end. What the outside has for it comes through `hear`: nothing reaches a dead process, and
 * what comes to a stopped one waits. Where a process dies, the code that waits in it never goes on.
 */
export class Process {
  readonly machine: Machine;
  readonly name: string;
  alive = true;
  /** An error that nobody foresaw: broken code, ours or that under test. */
  failed: (error: unknown) => void = (error) => {
    throw error;
  };
  /** Called before each thing that the process hears: a crash may strike at any await. */
  beforeHearing: () => void = () => {};
  readonly #timeline: Timeline;
  readonly #onDeath: (() => void)[] = [];

  constructor(name: string, machine: Machine, timeline: Timeline) {
    this.name = name;
    this.machine = machine;
    this.#timeline = timeline;
  }

  hear(label: string, call: () => void): void {
    if (!this.alive) return;
    if (!this.machine.isStopped) this.beforeHearing();
    if (!this.alive) return;
    if (this.machine.isStopped) {
      const wakesAfter = this.machine.stoppedUntil - this.#timeline.now;
      this.#timeline.after(wakesAfter, label, () => this.hear(label, call));
    } else call();
  }

  /** Something from outside, after `ms`. */
  after(ms: number, label: string, call: () => void): () => void {
    return this.#timeline.after(ms, label, () => this.hear(label, call));
  }

  /** A call that leaves the process and comes back: `work` runs outside, and its answer is heard here or never. */
  call<T>(label: string, work: (answer: (ms: number, settle: () => T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      work((ms, settle) =>
        this.after(ms, label, () => {
          try {
            resolve(settle());
          } catch (error) {
            reject(error);
          }
        }),
      );
    });
  }

  die(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const call of this.#onDeath.splice(0)) call();
  }

  /** Who is connected notices. Takes the wish back with the function that it returns. */
  onDeath(call: () => void): void {
    this.#onDeath.push(call);
  }

  readonly clock: Clock = {
    now: () => Math.floor(EPOCH_MS + this.#timeline.now + this.machine.aheadMs) as Instant,
    monotonicMs: () => this.#timeline.now - this.machine.suspendedMs,
    sleep: (ms) => new Promise((resolve) => void this.after(ms, `${this.name} wakes`, resolve)),
    later: (ms, call) => {
      if (ms === Number.POSITIVE_INFINITY) return () => {};
      let cancelled = false;
      const cancel = this.after(ms, `${this.name} timer`, () => {
        if (!cancelled) call();
      });
      return () => {
        cancelled = true;
        cancel();
      };
    },
  };
}
