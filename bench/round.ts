/** One slot's figures: how often per second, and the CPU of one time. */
export type Slot = Readonly<{ perSecond: number; cpuMicros: number }>;
export type Figure = keyof Slot;

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
      const { cpuMicros, perSecond } = slot;
      heard(`round ${round} of ${count}: ${name}, ${cpuMicros.toFixed(1)} µs CPU, ${perSecond.toFixed(0)} a second`);
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
      return slots.at(-1)![figure] / slots[0]![figure];
    }),
  );
}

export function absolute(rounds: readonly Round[], figure: Figure, name: string): Spread {
  return spread(rounds.flatMap((round) => round.get(name)!.map((slot) => slot[figure])));
}

function mean(slots: readonly Slot[], figure: Figure): number {
  return slots.reduce((sum, slot) => sum + slot[figure], 0) / slots.length;
}

export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, low: sorted[0]!, high: sorted.at(-1)! };
}
