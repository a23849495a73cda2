import type { Kind } from "./kind.ts";

/** What befalls a gateway's process or its machine. */
export const PROCESS_FAULTS = ["kill", "deploy", "stop", "clock", "disk", "descriptors"] as const;
export type ProcessFault = (typeof PROCESS_FAULTS)[number];

export type Strike = Readonly<{ fault: ProcessFault; seed: number /** Calm before it. */; afterMs: number }>;

/** Time for payments between one strike and the next. */
const GAP_MS_MIN = 500;
const GAP_MS_MAX = 3_000;
/** Every lane begins with one of each, cheap ones first, so that a short run has met most kinds. */
const FIRST: readonly ProcessFault[] = ["kill", "deploy", "clock", "kill", "disk", "descriptors", "kill", "stop"];
/** And goes on with shuffled rounds of these: kills are what a payment service must survive most often. */
const ROUND: readonly ProcessFault[] = [
  ...Array.from({ length: 20 }, () => "kill" as const),
  ...(["deploy", "stop", "clock", "disk", "descriptors"] as const),
];

/**
 * The strikes against one gateway, without end, from its seed alone. `possible`: what this lane and this machine have. The
 * next one comes so long after the gateway serves again: a machine that is slow must not be struck while it starts, always.
 */
export function* planOf(random: () => number, possible: ReadonlySet<ProcessFault>): Generator<Strike, never> {
  for (let cards = [...FIRST]; ; cards = shuffled(ROUND, random)) {
    for (const fault of cards.filter((card) => possible.has(card))) {
      const afterMs = GAP_MS_MIN + (GAP_MS_MAX - GAP_MS_MIN) * random();
      yield { fault, seed: Math.floor(random() * 2 ** 31), afterMs };
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
