import type { Kind } from "./kind.ts";

/** What befalls a gateway's process or its machine. */
export const PROCESS_FAULTS = ["kill", "deploy", "stop", "clock", "disk", "descriptors"] as const;
export type ProcessFault = (typeof PROCESS_FAULTS)[number];

export type Strike = Readonly<{ atMs: number; fault: ProcessFault; seed: number }>;

/** How long each takes, in the plan: until the gateway serves again. */
const LASTS_MS: Readonly<Record<ProcessFault, number>> = {
  kill: 1_200,
  deploy: 2_500,
  stop: 14_500,
  clock: 7_000,
  disk: 8_000,
  descriptors: 5_000,
};
/** Time for payments between one strike and the next. */
const GAP_MS_MIN = 500;
const GAP_MS_MAX = 4_000;
/** Every lane begins with one of each, cheap ones first, so that a short run has met most kinds. */
const FIRST: readonly ProcessFault[] = ["kill", "deploy", "clock", "kill", "disk", "descriptors", "kill", "stop"];
/** And goes on with shuffled rounds of these: kills are what a payment service must survive most often. */
const ROUND: readonly ProcessFault[] = [
  ...Array.from({ length: 20 }, () => "kill" as const),
  ...(["deploy", "stop", "clock", "disk", "descriptors"] as const),
];

/** The strikes against one gateway, from its seed alone. `possible`: what this lane and this machine have. */
export function planOf(runMs: number, random: () => number, possible: ReadonlySet<ProcessFault>): Strike[] {
  const strikes: Strike[] = [];
  let atMs = GAP_MS_MIN;
  for (let cards = [...FIRST]; ; cards = shuffled(ROUND, random)) {
    for (const fault of cards.filter((card) => possible.has(card))) {
      const endsMs = atMs + LASTS_MS[fault];
      if (endsMs > runMs) return strikes;
      strikes.push({ atMs, fault, seed: Math.floor(random() * 2 ** 31) });
      atMs = endsMs + GAP_MS_MIN + (GAP_MS_MAX - GAP_MS_MIN) * random();
    }
  }
}

/** Which lane meets jumps of its clock, and how far they go. */
export function clockJumpMs(kind: Kind): number | null {
  switch (kind) {
    case "neither":
      // Nothing is ever sent again on this route, so no clock decides between one effect and two: the promise is "at most
      // once" under any jump. A jump ahead ends leases early: more doubt, and late answers that still complete. A jump
      // back keeps them on: `sendBy` is also held against the monotonic clock, which does not jump.
      return HOUR_MS;
    case "repeat":
      // The bank forgets no key within the run (its window is 24 h), and F is off by two hours at most: whatever the
      // clock says, every repetition lands inside the window, under the pinned key.
      return HOUR_MS;
    case "ask":
      // Here time decides: a "no" counts once everything that was sent has settled, by the clock. The stated assumption
      // is that any two readings differ by `skew` (5 s) at most. Jumps of 2 s to either side make that 4 s. An hour
      // ahead would make every "no" final at once: a second effect would be the clock's fault, and prove nothing.
      return 2_000;
    case "both":
      // A jump of an hour would put repetitions outside the window of 30 s, or asking before its end: as above. It is
      // the lane that runs without libfaketime, so that nothing found there can be blamed on it.
      return null;
    default:
      return kind satisfies never;
  }
}

const HOUR_MS = 60 * 60_000;

function shuffled<T>(cards: readonly T[], random: () => number): T[] {
  const left = [...cards];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}
