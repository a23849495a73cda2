/** One slot's figures: how often per second, and the CPU of one time; `serverMicros`: what a database server used beside it. */
export type Slot = Readonly<{ perSecond: number; cpuMicros: number; serverMicros?: number }>;
/** `allMicros`: both CPUs. `microsEach`: the time from one to the next, of all callers together. */
export type Figure = "perSecond" | "cpuMicros" | "serverMicros" | "allMicros" | "microsEach";

/** One round's slots, by what was measured. */
export type Round = ReadonlyMap<string, readonly Slot[]>;

export type Spread = Readonly<{ median: number; low: number; high: number }>;

/** There and back (A B B A): what drifts evenly meets all of them alike. */
export async function measureRounds(
  names: readonly string[],
  count: number,
  measure: (name: string) => Promise<Slot>,
  heard: (line: string) => void,
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round++) {
    const slots = new Map<string, Slot[]>(names.map((name) => [name, []]));
    for (const name of [...names, ...names.toReversed()]) {
      const slot = await measure(name);
      slots.get(name)!.push(slot);
      const { cpuMicros, serverMicros, perSecond } = slot;
      const server = serverMicros === undefined ? "" : ` + ${serverMicros.toFixed(1)} in the server`;
      const cpu = `${cpuMicros.toFixed(1)} µs CPU${server}`;
      heard(`round ${round} of ${count}: ${name}, ${cpu}, ${perSecond.toFixed(0)} a second`);
    }
    rounds.push(slots);
  }
  return rounds;
}

/** `name` against `than`, round by round. */
export function ratio(rounds: readonly Round[], figure: Figure, name: string, than: string): Spread {
  return spread(rounds.map((round) => mean(round.get(name)!, figure) / mean(round.get(than)!, figure)));
}

/** The A/A pair: the last slot of each round against its first, of the same thing. How far from 1 it is, is the noise. */
export function noise(rounds: readonly Round[], figure: Figure, name: string): Spread {
  return spread(
    rounds.map((round) => {
      const slots = round.get(name)!;
      return figureOf(slots.at(-1)!, figure) / figureOf(slots[0]!, figure);
    }),
  );
}

export function absolute(rounds: readonly Round[], figure: Figure, name: string): Spread {
  return spread(rounds.flatMap((round) => round.get(name)!.map((slot) => figureOf(slot, figure))));
}

function mean(slots: readonly Slot[], figure: Figure): number {
  return slots.reduce((sum, slot) => sum + figureOf(slot, figure), 0) / slots.length;
}

function figureOf({ perSecond, cpuMicros, serverMicros = 0 }: Slot, figure: Figure): number {
  switch (figure) {
    case "perSecond":
      return perSecond;
    case "cpuMicros":
      return cpuMicros;
    case "serverMicros":
      return serverMicros;
    case "allMicros":
      return cpuMicros + serverMicros;
    case "microsEach":
      return 1e6 / perSecond;
    default:
      return figure satisfies never;
  }
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, low: sorted[0]!, high: sorted.at(-1)! };
}
