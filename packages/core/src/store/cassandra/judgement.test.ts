import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, docBytesOf, judge, type Settings } from "./judgement.ts";

const GOOD = { paxos_variant: "v2", paxos_state_purging: "repaired", commitlog_sync: "batch" };

function judged(more: Record<string, string>, replicas = 3, others: readonly Settings[] = []) {
  return judge({ replicas, durableWrites: true, nodes: [{ ...GOOD, ...more }, ...others] });
}

test("three replicas that sync their logs have nothing to be warned of", () => {
  const { guarantees, warnings } = judged({});
  assert.deepEqual(guarantees, { linearizable: true, survives: "node-loss", docBytesMax: 2 * 1024 * 1024 });
  assert.deepEqual(warnings, []);
});

test("what survives is measured by replicas and log", () => {
  const cases: [Record<string, string>, number, string][] = [
    [{ commitlog_sync: "periodic" }, 1, "process-crash"],
    [{ commitlog_sync: "batch" }, 1, "power-loss"],
    [{ commitlog_sync: "group" }, 2, "power-loss"],
    [{ commitlog_sync: "periodic" }, 3, "node-loss"],
  ];
  for (const [more, replicas, survives] of cases) assert.equal(judged(more, replicas).guarantees.survives, survives);
  const lazy = judge({ replicas: 3, durableWrites: false, nodes: [GOOD] });
  assert.equal(lazy.guarantees.survives, "nothing");
  assert.match(lazy.warnings.join(), /durable_writes is false/);
});

test("the weakest node decides, and one that does not answer is the weakest", () => {
  assert.equal(judged({}, 1, [{ ...GOOD, commitlog_sync: "periodic" }]).guarantees.survives, "process-crash");
  const { guarantees, warnings } = judged({}, 1, [null]);
  assert.equal(guarantees.survives, "process-crash");
  assert.match(warnings.join(), /1 of 2 nodes did not tell their settings/);
});

test("a variant of Paxos whose losers may have won is refused, and an old one is warned of", () => {
  const loose = { code: "not_linearizable", message: /set paxos_variant: v2/ };
  assert.throws(() => judged({ paxos_variant: "v2_without_linearizable_reads" }), loose);
  assert.match(judged({ paxos_variant: "v1" }).warnings.join(), /paxos_variant is not v2/);
  assert.match(judged({ paxos_state_purging: "legacy" }).warnings.join(), /run paxos repair/);
});

test("without timestamps of its own the clock could go back, and that is refused", () => {
  assert.throws(() => judged({ user_timestamps_enabled: "false" }), { code: "bad_settings" });
});

test("the largest doc fits twice into a mutation", () => {
  assert.equal(judged({ max_mutation_size: "1MiB" }).guarantees.docBytesMax, 491_520);
  assert.equal(docBytesOf({ max_mutation_size: null, commitlog_segment_size: "2MiB" }), 491_520);
  assert.throws(() => judged({ max_mutation_size: "128KiB" }), { code: "bad_settings", message: /raise it/ });
  assert.equal(docBytesOf(null), docBytesOf({ commitlog_segment_size: "32MiB" }));
  assert.equal(bytesOf("16777216B"), 16 * 1024 * 1024);
  assert.equal(bytesOf("some"), null);
});
