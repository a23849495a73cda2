import { parseArgs } from "node:util";
import { type Fuzzed, fuzz } from "./fuzzer.ts";
import { TARGETS } from "./targets.ts";

const USAGE = "npm run fuzz -- --minutes M [--seed S] [--json]";
const SEEDS = 2 ** 32;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Math.floor(Math.random() * SEEDS) : Number(values.seed);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new RangeError(USAGE);

const say = (text: string): void => {
  if (!values.json) console.log(text);
};

say(`seed ${seed}`);
const budget = { cases: Number.POSITIVE_INFINITY, seconds: (minutes * 60) / TARGETS.length };
const all: Fuzzed[] = [];
for (const target of TARGETS) {
  const fuzzed = await fuzz(target, seed, budget);
  all.push(fuzzed);
  const { name, cases, seconds, findings, flawsSeen } = fuzzed;
  say(
    `${name.padEnd(28)} ${String(cases).padStart(10)} cases ${seconds.toFixed(1).padStart(7)} s ${findings.length} findings`,
  );
  for (const why of flawsSeen) say(`  known: ${why}`);
  for (const { message, input } of findings) say(`  ${message.split("\n")[0]}\n    input, base64: ${input}`);
}
const parsers = all.map(({ name, cases, findings }) => ({ name, cases, findings }));
if (values.json) console.log(JSON.stringify({ minutes, parsers, seed }));
process.exitCode = all.some(({ findings }) => findings.length > 0) ? 1 : 0;
