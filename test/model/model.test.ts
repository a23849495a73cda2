import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { absentOf } from "../../tools/services/presence.ts";
import { serviceNamed } from "../../tools/services/table.ts";
import { checkModel, checkVariant, failureOf } from "./job.ts";
import { type Model, models, VARIANTS, type Variant } from "./models.ts";
import { PROMISES } from "./properties.ts";
import { asJson, failuresOf } from "./report.ts";
import { LIMITS } from "./spin.ts";
import { readVerdict } from "./verdict.ts";

/** Two requests make a search of a fraction of a second, and reach every step of `claim`; `npm run model` takes four. */
const FEW = 2;
const absent = absentOf(serviceNamed("spin"));
const needs = { skip: absent.length > 0 ? `no ${absent.join(", no ")}: npm run services -- up spin` : false };

const folder = mkdtempSync(join(tmpdir(), "semel-model-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function model(name: string): Model {
  const found = models(FEW).find((it) => it.name === name);
  assert.ok(found !== undefined, `no model is called ${name}`);
  return found;
}

function variant(name: string): Variant {
  const found = VARIANTS.find((it) => it.name === name);
  assert.ok(found !== undefined, `no variant is called ${name}`);
  return found;
}

for (const name of ["claim", "purge"]) {
  test(`no order of events breaks a property of the model ${name}`, needs, async () => {
    const { verdict, failure } = await checkModel(model(name), folder);
    assert.equal(failure, null);
    assert.ok(verdict.states > 500, `only ${verdict.states} states: hardly anything happened`);
  });
}

test("to take a suspect key over without a rung pays twice, and the model tells how", needs, async () => {
  const { found, failure } = await checkVariant(variant("RETAKE"), folder);
  assert.equal(failure, null);
  assert.equal(found?.events.filter((event) => event.includes("TAKES EFFECT")).length, 2);
  assert.equal(found?.broken, "at most one effect");
});

test("without a due loop a key is left alone for ever", needs, async () => {
  const { found } = await checkVariant(variant("NO_DUE"), folder);
  assert.match(found?.events.at(-1) ?? "", /for ever/);
});

test("a model that is wrong fails, and the run with it", needs, async () => {
  const wrong = { name: "planted", search: { ...model("claim").search, switches: ["RETAKE"] } };
  const result = await checkModel(wrong, folder);
  assert.deepEqual(failuresOf([result], []), ["planted: a property does not hold"]);
});

test("a variant that breaks nothing fails, and the run with it", needs, async () => {
  const harmless = variant("NO_QUARANTINE");
  const planted = { ...harmless, name: "planted", search: { ...harmless.search, switches: ["NO_OPENING_WAIT"] } };
  const result = await checkVariant(planted, folder);
  assert.deepEqual(failuresOf([], [result]), ["quarantine, planted: no counterexample"]);
});

test("a variant that breaks another promise than its own fails: nothing holds its own", needs, async () => {
  const other = { ...variant("RETAKE"), name: "planted promise", breaks: "a completed answer never changes" } as const;
  assert.match((await checkVariant(other, folder)).failure ?? "", /^breaks "at most one effect", and not/);
});

test("each promise is broken by a variant", () => {
  const broken = new Set<string>(VARIANTS.map(({ breaks }) => breaks));
  // The variants that drop too much go on to the second payment, which says more.
  const without = Object.keys(PROMISES).filter((promise) => !broken.has(promise));
  assert.deepEqual(without, ["what is dropped is settled and past its horizon"]);
});

test("a search that is not finished fails: too deep, or too large", needs, async () => {
  const claim = { ...model("claim"), name: "planted limits" };
  assert.match(
    (await checkModel(claim, folder, { ...LIMITS, depth: 30 })).failure ?? "",
    /incomplete: max search depth/,
  );
  assert.match((await checkModel(claim, folder, { ...LIMITS, memoryMb: 1 })).failure ?? "", /incomplete/);
});

test("a model with steps that are never taken fails: nothing was tried there", needs, async () => {
  const lonely = { name: "planted loneliness", search: { ...model("claim").search, n: 1 } };
  assert.match((await checkModel(lonely, folder)).failure ?? "", /never reached/);
});

const FINISHED = "State-vector 72 byte, depth reached 87, errors: 0\n 6824 states, stored\n";

test("whatever does not say that it was finished was not", () => {
  assert.equal(failureOf(readVerdict(FINISHED)), null);
  const unfinished = [
    "",
    "killed after 5 s",
    `${FINISHED}killed after 5 s`,
    `error: max search depth too small\n${FINISHED}`,
    `pan: out of memory\n${FINISHED}`,
    `pan: reached -DMEMLIM bound\n${FINISHED}`,
    `${FINISHED}Warning: Search not completed`,
    "pan:1: VECTORSZ is too small",
  ];
  for (const output of unfinished) assert.match(failureOf(readVerdict(output)) ?? "", /incomplete/, output);
});

test("what is printed for programs has one line for each model and variant", () => {
  const verdict = readVerdict(FINISHED);
  const held = [{ model: model("claim"), verdict, failure: null }];
  const told = JSON.parse(asJson(held, [{ variant: variant("RETAKE"), found: null, failure: "no counterexample" }]));
  assert.deepEqual(told, {
    models: [{ name: "claim", n: FEW, states: 6824, seconds: 0, errors: 0 }],
    variants: [{ model: "claim", name: "RETAKE", found: false, steps: 0 }],
  });
});

test("without SPIN it says loudly that nothing was checked, and fails only where it is required", () => {
  const run = (required: string): { code: number | null; text: string } => {
    const env = { ...process.env, PATH: folder, SEMEL_REQUIRE_SERVICES: required };
    const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts")], {
      env,
      encoding: "utf8",
    });
    return { code: status, text: stderr };
  };
  assert.match(run("").text, /NO MODEL WAS CHECKED.*npm run services -- up spin/);
  assert.deepEqual([run("").code, run("1").code], [0, 1]);
});
