import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { absentOf } from "../../tools/services/presence.ts";
import { serviceNamed } from "../../tools/services/table.ts";
import { checkModel, checkVariant, type ModelResult, type VariantResult } from "./job.ts";
import { models, N_DEFAULT, N_MAX, VARIANTS } from "./models.ts";
import { asJson, failuresOf, HEADINGS, modelLine, variantLines } from "./report.ts";

/** Searches at once: each takes a core and up to half a gigabyte. */
const SEARCHES_MAX = 2;
const REQUIRED = process.env["SEMEL_REQUIRE_SERVICES"] === "1";

const { values: options } = parseArgs({
  options: {
    n: { type: "string", default: String(N_DEFAULT) },
    only: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const n = Number(options.n);
if (!Number.isInteger(n) || n < 2 || n > N_MAX) throw new Error(`--n is a whole number from 2 to ${N_MAX}`);

const absent = absentOf(serviceNamed("spin"));
if (absent.length === 0) await run();
else {
  console.error(`NO MODEL WAS CHECKED: there is no ${absent.join(", no ")}. Install: npm run services -- up spin`);
  if (options.json) console.log(asJson([], []));
  if (REQUIRED) process.exitCode = 1;
}

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "semel-model-"));
  try {
    const chosen = models(n).filter(({ name }) => options.only === undefined || name.includes(options.only));
    const wrong = VARIANTS.filter(
      ({ model, name }) => options.only === undefined || `${model} ${name}`.includes(options.only),
    );
    if (chosen.length + wrong.length === 0) throw new Error(`No model and no variant is called ${options.only}`);
    if (chosen.length > 0) say(HEADINGS.models);
    const held = await inOrder(
      chosen,
      (model) => checkModel(model, folder),
      (result) => say(modelLine(result)),
    );
    if (wrong.length > 0) say(HEADINGS.variants);
    const found = await inOrder(
      wrong,
      (variant) => checkVariant(variant, folder),
      (result) => variantLines(result).forEach(say),
    );
    finish(held, found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function finish(held: readonly ModelResult[], found: readonly VariantResult[]): void {
  const failed = failuresOf(held, found);
  if (options.json) {
    console.log(asJson(held, found));
    for (const line of failed) console.error(line);
  }
  say(`\n${held.length} models, ${found.length} wrong variants, ${failed.length} failed`);
  if (failed.length > 0) process.exitCode = 1;
}

function say(line: string): void {
  if (!options.json) console.log(line);
}

/** A few at a time; what came of them is told in the order of the list. */
async function inOrder<T, R>(
  list: readonly T[],
  work: (item: T) => Promise<R>,
  tell: (result: R) => void,
): Promise<R[]> {
  const results = new Map<number, R>();
  let next = 0;
  let told = 0;
  const worker = async (): Promise<void> => {
    while (next < list.length) {
      const at = next;
      next += 1;
      results.set(at, await work(list[at]!));
      for (; results.has(told); told += 1) tell(results.get(told)!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SEARCHES_MAX, availableParallelism()) }, worker));
  return list.map((_, at) => results.get(at)!);
}
