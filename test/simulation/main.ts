import { type Flags, readFlags, UsageError } from "./flags.ts";
import { type Hunted, hunt } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/index.ts";
import { whatIsMissing } from "./progress.ts";
import { type Outcome, runSeed } from "./run.ts";
import { runSeeds } from "./seeds.ts";
import type { Sum } from "./worker.ts";

try {
  const flags = readFlags(process.argv.slice(2));
  // A run must not begin within a promise job, and this file is one.
  if (flags.seed === null) await simulate(flags);
  else setImmediate(showSeed, flags.seed);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function simulate(flags: Flags): Promise<void> {
  const say = (line: string): void => {
    if (!flags.json) console.log(line);
  };
  const began = performance.now();
  const sum = await runSeeds(flags.from, flags.seeds, flags.minutes * 60_000);
  const seconds = (performance.now() - began) / 1_000;
  const missing = whatIsMissing(sum);
  report(sum, seconds, missing, say);
  const hunted = flags.mutants ? await huntAll(flags.named, say) : [];
  const wrong = hunted.filter(isWrong);
  if (flags.json) console.log(JSON.stringify(summaryOf(sum, seconds, hunted)));
  if (sum.bad.length > 0 || missing.length > 0 || wrong.length > 0) process.exitCode = 1;
}

function report(sum: Sum, seconds: number, missing: readonly string[], say: (line: string) => void): void {
  for (const { seed, violations } of sum.bad) {
    for (const { invariant, at, key, what } of violations) say(`seed ${seed}, ${at} ms, ${key}: ${invariant}: ${what}`);
    say(`  npm run simulate -- --seed ${seed}`);
  }
  for (const line of missing) say(`nothing proved: ${line}`);
  say(countsOf("faults", sum.faults));
  say(countsOf("told", sum.words));
  if (sum.lateCopies > 0) say(`${sum.lateCopies} claims that nobody made: a copy landed after its row was dropped`);
  const rate = Math.round(sum.seeds / seconds);
  const broken = sum.bad.length === 0 ? "0 violations" : `${sum.bad.length} seeds with violations`;
  say(
    `${sum.seeds} seeds (${sum.again} run twice), ${rate} a second, ${sum.operations} answers, ${sum.effects} effects, ${broken}`,
  );
}

function countsOf(title: string, counts: Sum["words"]): string {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return `${title}: ${sorted.map(([name, count]) => `${name} ${count}`).join(", ")}`;
}

async function huntAll(named: string, say: (line: string) => void): Promise<readonly Hunted[]> {
  const mutants = MUTANTS.filter(({ name }) => name.includes(named));
  if (mutants.length === 0) throw new UsageError(`No mutant's name contains "${named}"`);
  say(`\n${mutants.length} mutants: each is a known defect, put into a copy of the source`);
  const hunted = await hunt(mutants, (one) => say(lineOf(one)));
  const killed = hunted.filter(({ seed }) => seed !== null).length;
  say(`${killed} of ${hunted.length} killed, ${hunted.filter(isWrong).length} without a verdict`);
  return hunted;
}

/** A mutant that lives needs a verdict, and one that has a verdict must live. */
function isWrong({ mutant, seed }: Hunted): boolean {
  return (seed === null) === (mutant.verdict === undefined);
}

function lineOf(hunted: Hunted): string {
  const { mutant, seed, found } = hunted;
  const how = seed === null ? `lives: ${mutant.verdict ?? "NO VERDICT"}` : `seed ${seed}: ${found.slice(0, 70)}`;
  const mark = isWrong(hunted) ? (seed === null ? "LIVES " : "KILLED") : seed === null ? "lives " : "killed";
  return `${mark} ${mutant.name.padEnd(30)} ${how} (${mutant.origin})`;
}

function summaryOf(sum: Sum, seconds: number, hunted: readonly Hunted[]): object {
  return {
    seeds: sum.seeds,
    seedsPerSecond: Math.round(sum.seeds / seconds),
    operations: sum.operations,
    violations: sum.bad.reduce((count, { violations }) => count + violations.length, 0),
    faults: sum.faults,
    mutants: hunted.map(({ mutant, seed }) => ({ name: mutant.name, killed: seed !== null, seed })),
  };
}

/** Everything that happens in one seed, in its order. */
function showSeed(seed: number): void {
  const { notes, violations, plan }: Outcome = runSeed(seed, true);
  console.log(JSON.stringify(plan, null, 1));
  for (const { at, text } of notes) console.log(`${String(at).padStart(7)} ${text}`);
  for (const { invariant, at, key, what } of violations)
    console.log(`BROKEN ${invariant} at ${at} ms, ${key}: ${what}`);
  console.log(`${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
}
