import { ContractError, NotOffered } from "./clause.ts";

/** `broken`: the promise is not kept. `crashed`: the clause could not be judged, because something else failed. */
export type Verdict =
  | Readonly<{ kind: "kept" }>
  | Readonly<{ kind: "notOffered"; why: string }>
  | Readonly<{ kind: "broken" | "crashed"; why: string }>;

type Removable = Readonly<{ remove(): Promise<void> }>;
type Checkable<Fixture> = Readonly<{ check(fixture: Fixture, random: () => number): Promise<void> }>;

/** Checks one clause, of a store or of a cache, on a fixture of its own, and removes that again. */
export async function checkClause<Fixture extends Removable>(
  clause: Checkable<Fixture>,
  fixture: Fixture,
  random: () => number,
): Promise<Verdict> {
  try {
    await clause.check(fixture, random);
    return { kind: "kept" };
  } catch (error) {
    if (error instanceof ContractError) return { kind: "broken", why: error.message };
    if (error instanceof NotOffered) return { kind: "notOffered", why: error.message };
    return { kind: "crashed", why: String(error) };
  } finally {
    await fixture.remove();
  }
}

/** Random numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
