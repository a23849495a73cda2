import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type CacheFixture,
  cacheClauses,
  checkClause,
  seededRandom,
  storeClauses,
  type Verdict,
} from "@semel/core/contract";
import { cacheFixtures, runCacheContract } from "./cache-fixtures.ts";
import { cacheSaboteurs, sabotagedCache } from "./cache-saboteurs.ts";

async function judge(open: () => CacheFixture): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>();
  for (const clause of cacheClauses) verdicts.set(clause.id, await checkClause(clause, open(), seededRandom(1)));
  return verdicts;
}

function idsOf(verdicts: Map<string, Verdict>, kind: Verdict["kind"]): string[] {
  return [...verdicts].filter(([, verdict]) => verdict.kind === kind).map(([id]) => id);
}

test("the cache in memory keeps every clause", async () => {
  for await (const { clause, verdict } of runCacheContract("cache-memory", cacheFixtures["cache-memory"]!, 1)) {
    assert.deepEqual(verdict, { kind: "kept" }, clause);
  }
});

test("without a fault, the cache that is sabotaged keeps every clause", async () => {
  const verdicts = await judge(() => sabotagedCache({ spoil: () => {} }));
  assert.equal(idsOf(verdicts, "kept").length, cacheClauses.length);
});

describe("the contract catches a cache that", () => {
  for (const saboteur of cacheSaboteurs) {
    test(saboteur.does, async () => {
      const verdicts = await judge(() => sabotagedCache(saboteur));
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

test("every clause of a cache is broken by a saboteur that names it", () => {
  const named = new Set(cacheSaboteurs.flatMap(({ breaks }) => breaks));
  assert.deepEqual([...named].sort(), cacheClauses.map(({ id }) => id).sort());
});

test("no two clauses, of stores or of caches, have the same id or title", () => {
  const clauses = [...storeClauses, ...cacheClauses];
  assert.equal(new Set(clauses.map(({ id }) => id)).size, clauses.length);
  assert.equal(new Set(clauses.map(({ title }) => title)).size, clauses.length);
});
