import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkClause, type StoreFixture, seededRandom, storeClauses, type Verdict } from "@semel/core/contract";
import { sabotaged, saboteurs } from "./saboteurs/index.ts";

async function judge(open: () => StoreFixture): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for (const clause of storeClauses) verdicts.set(clause.id, await checkClause(clause, open(), seededRandom(1)));
  return verdicts;
}

function idsOf(verdicts: Map<string, Verdict>, kind: Verdict["kind"]): string[] {
  return [...verdicts].filter(([, verdict]) => verdict.kind === kind).map(([id]) => id);
}

test("without a fault, the store that is sabotaged keeps every clause", async () => {
  const verdicts = await judge(() => sabotaged({ spoil: () => {} }));
  assert.deepEqual(idsOf(verdicts, "kept").length, storeClauses.length);
});

describe("the contract catches a store that", () => {
  for (const saboteur of saboteurs) {
    test(saboteur.does, async () => {
      const verdicts = await judge(() => sabotaged(saboteur));
      const broken = idsOf(verdicts, "broken");
      assert.deepEqual(
        saboteur.breaks.filter((id) => !broken.includes(id)),
        [],
        `only these broke: ${broken.join(", ")}`,
      );
      assert.deepEqual(idsOf(verdicts, "crashed"), []);
    });
  }
});

test("every clause is broken by a saboteur that names it", () => {
  const named = new Set(saboteurs.flatMap(({ breaks }) => breaks));
  assert.deepEqual(
    storeClauses.map(({ id }) => id).filter((id) => !named.has(id)),
    [],
  );
  assert.deepEqual(
    [...named].filter((id) => !storeClauses.some((clause) => clause.id === id)),
    [],
  );
});

test("no two clauses have the same id or title", () => {
  assert.equal(new Set(storeClauses.map(({ id }) => id)).size, storeClauses.length);
  assert.equal(new Set(storeClauses.map(({ title }) => title)).size, storeClauses.length);
});
