import {
  checkClause,
  type StoreClause,
  type StoreFixture,
  seededRandom,
  storeClauses,
  type Verdict,
} from "@semel/core/contract";
import type { OpenFixture } from "./fixtures.ts";

export type Line = Readonly<{ store: string; clause: string; title: string; verdict: Verdict }>;

/** Every clause in turn, each on a fixture of its own and with the same seed. */
export async function* runContract(store: string, open: OpenFixture, seed: number): AsyncGenerator<Line> {
  for (const clause of storeClauses) {
    yield { store, clause: clause.id, title: clause.title, verdict: await judge(clause, open, seed) };
  }
}

/** A store that cannot be opened keeps nothing. */
async function judge(clause: StoreClause, open: OpenFixture, seed: number): Promise<Verdict> {
  let fixture: StoreFixture;
  try {
    fixture = await open();
  } catch (error) {
    return { kind: "crashed", why: (error as Error).message };
  }
  return await checkClause(clause, fixture, seededRandom(seed));
}

export function sayLine({ store, clause, title, verdict }: Line): string {
  const head = `${store}  ${clause}: ${title}`;
  switch (verdict.kind) {
    case "kept":
      return `✓ ${head}`;
    case "notOffered":
      return `- ${head}\n    ${verdict.why}`;
    case "broken":
      return `✗ ${head}\n    ${verdict.why}`;
    case "crashed":
      return `✗ ${head}\n    could not be judged: ${verdict.why}`;
  }
}
