import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@semel/demo-bank";
import { KINDS } from "./kind.ts";
import { readOptions, UsageError } from "./options.ts";
import { complaintsOf, type Outcome, summary } from "./outcome.ts";
import { clockJumpMs, PROCESS_FAULTS, type ProcessFault, planOf, type Strike } from "./plan.ts";
import { STRUCK } from "./strikes.ts";
import { WIRE_FAULTS } from "./weather.ts";

test("without options it is five minutes of chaos with seed 1", () => {
  assert.deepEqual(readOptions([]), {
    mode: "chaos",
    stores: [],
    minutes: 5,
    seed: 1,
    perSecond: 12,
    json: false,
    folder: "node_modules/.cache",
    keep: false,
    lyingBanks: false,
  });
});

test("each option is read", () => {
  const read = readOptions([
    "--minutes",
    "0.5",
    "--seed",
    "7",
    "--rate",
    "20",
    "--json",
    "--keep",
    "--lying-banks",
    "--folder",
    "x",
  ]);
  assert.deepEqual(read, {
    mode: "chaos",
    stores: [],
    minutes: 0.5,
    seed: 7,
    perSecond: 20,
    json: true,
    folder: "x",
    keep: true,
    lyingBanks: true,
  });
  assert.equal(readOptions(["--in-doubt"])?.mode, "inDoubt");
  assert.equal(readOptions(["--overload"])?.mode, "overload");
  assert.deepEqual(readOptions(["--stores", "redis,postgres"])?.stores, ["redis", "postgres"]);
  assert.equal(readOptions(["--stores", "redis"])?.mode, "stores");
  assert.equal(readOptions(["--help"]), null);
});

test("what cannot be meant is refused by its name", () => {
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [["--minutes", "0"], /--minutes is a number from/],
    [["--minutes", "soon"], /--minutes is a number from/],
    [["--minutes", ""], /--minutes is a number from/],
    [["--seed", "1.5"], /--seed is a whole number/],
    [["--seed", "-1"], /--seed/],
    [["--rate", "1000"], /--rate is a number from 1 to 200/],
    [["--kills", "3"], /Unknown option '--kills'/],
    [["--in-doubt", "--overload"], /runs of their own/],
    [["--stores", "postgres", "--overload"], /runs of their own/],
    [["--stores", "postgres,oracle"], /--stores names some of postgres,cassandra,dynamodb,redis, not "oracle"/],
  ];
  for (const [argv, message] of wrong) {
    assert.throws(
      () => readOptions(argv),
      (error: Error) => error instanceof UsageError && message.test(error.message),
    );
  }
});

const ALL = new Set(PROCESS_FAULTS);

function first(count: number, seed: number, possible: ReadonlySet<ProcessFault> = ALL): Strike[] {
  const plan = planOf(seededRandom(seed), possible);
  return Array.from({ length: count }, () => plan.next().value);
}

test("a seed gives the same plan every time, another seed another one", () => {
  assert.deepEqual(first(50, 1), first(50, 1));
  assert.notDeepEqual(first(50, 1), first(50, 2));
});

test("the first eight strikes have every fault, and a lane without a disk or a clock meets the others", () => {
  const met = (strikes: readonly Strike[]) => new Set(strikes.map(({ fault }) => fault));
  assert.deepEqual(met(first(8, 3)), ALL);
  const few = new Set(["kill", "stop"] as const);
  assert.deepEqual(met(first(30, 3, few)), few);
});

test("payments always get some calm before the next strike, and a gateway is killed every few seconds", () => {
  const plan = first(500, 9);
  for (const { afterMs } of plan) assert.ok(afterMs >= 500 && afterMs <= 3_000, String(afterMs));
  assert.ok(plan.filter(({ fault }) => fault === "kill").length > 300);
});

test("where time decides, no jump of the clock exceeds the skew that is assumed", () => {
  const SKEW_MS = 5_000;
  assert.ok(2 * clockJumpMs("ask")! < SKEW_MS);
  assert.equal(clockJumpMs("both"), null);
  assert.ok(KINDS.some((kind) => clockJumpMs(kind) === 3_600_000));
});

/** A run in which everything struck once and nothing was wrong. */
function outcome(changes: {
  struck?: Record<string, number>;
  wire?: Record<string, number>;
  effects?: number;
}): Outcome {
  const struck = { ...Object.fromEntries(STRUCK.map((name) => [name, 1])), ...changes.struck };
  const wire = { ...Object.fromEntries(WIRE_FAULTS.map((name) => [name, 1])), ...changes.wire };
  const planned = Object.fromEntries(PROCESS_FAULTS.map((name) => [name, 1]));
  const lane = {
    kind: "ask",
    requests: 10_000,
    load: { histories: [] },
    struck,
    planned,
    remarks: [],
    proxies: [{ struck: wire }],
  };
  const verdict = { effects: changes.effects ?? 1, inDoubt: 0, violations: [], unexplained: [] };
  return { minutes: 1, lanes: [lane], verdicts: [verdict], stallMs: 0 } as unknown as Outcome;
}

test("a run in which everything struck and nothing was wrong has passed", () => {
  assert.deepEqual(complaintsOf(outcome({})), []);
  assert.deepEqual(Object.keys(summary(outcome({}))), [
    ...["minutes", "requests", "keys", "kills", "faults", "effects", "inDoubt", "violations", "unexplained"],
  ]);
});

test("a run without kills, without effects, or without one of the faults has not passed", () => {
  assert.match(complaintsOf(outcome({ struck: { sigkill: 0 } })).join(), /no gateway was ever killed/);
  assert.match(complaintsOf(outcome({ effects: 0 })).join(), /no payment took effect/);
  assert.match(complaintsOf(outcome({ struck: { diskFull: 0 } })).join(), /diskFull was planned and never struck/);
  assert.match(complaintsOf(outcome({ wire: { halfOpen: 0 } })).join(), /halfOpen never struck/);
});
