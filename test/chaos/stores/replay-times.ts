import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./ground.ts";

/** Often enough for a 99th percentile of some seconds, seldom enough to be no load. */
const EVERY_MS = 40;

type Phase = "before" | "during";

/** How long clients wait for an answer that was told before: while the cache is lost, and just before. */
export class ReplayTimes {
  readonly #times: Readonly<Record<Phase, number[]>> = { before: [], during: [] };
  #phase: Phase | null = null;
  #isOver = false;

  begin(stage: Stage): void {
    void (async () => {
      while (!this.#isOver) {
        const phase = this.#phase;
        const tookMs = await stage.replay();
        if (tookMs !== null && phase !== null) this.#times[phase].push(tookMs);
        await sleep(EVERY_MS);
      }
    })();
  }

  async measure(phase: Phase, forMs: number): Promise<void> {
    this.#phase = phase;
    await sleep(forMs);
    this.#phase = null;
  }

  end(): void {
    this.#isOver = true;
  }

  text(): string {
    return `replays before the cache was lost: ${told(this.#times.before)}; while it was: ${told(this.#times.during)}`;
  }
}

function told(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (${times.length})`;
}
