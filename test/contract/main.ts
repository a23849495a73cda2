import { cacheFixtures, runCacheContract } from "./cache-fixtures.ts";
import { fixtures } from "./fixtures.ts";
import { flagsOf, UsageError, usage } from "./flags.ts";
import { loadModule } from "./load.ts";
import { type Line, runContract, sayLine } from "./report.ts";

const KNOWN = [...Object.keys(fixtures), ...Object.keys(cacheFixtures)];

try {
  const flags = flagsOf(process.argv.slice(2), KNOWN);
  if (flags.help) process.stdout.write(usage(KNOWN));
  else await run(flags);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`contract: ${error.message}\n`);
  process.exitCode = 2;
}

async function run({ stores, module, json, seed }: ReturnType<typeof flagsOf>): Promise<void> {
  const subjects = stores.map((name) => ({ name, open: fixtures[name] as (typeof fixtures)[string] }));
  if (module !== null) subjects.push({ name: module, open: await loadModule(module) });
  const lines: Line[] = [];
  for (const { name, open } of subjects) {
    const cache = cacheFixtures[name];
    for await (const line of cache === undefined
      ? runContract(name, open, seed)
      : runCacheContract(name, cache, seed)) {
      lines.push(line);
      if (!json) process.stdout.write(`${sayLine(line)}\n`);
    }
  }
  const judged = lines.filter(({ verdict }) => verdict.kind !== "notOffered");
  const failed = judged.filter(({ verdict }) => verdict.kind !== "kept");
  if (json) {
    const results = judged.map(({ store, clause, verdict }) => ({ store, clause, passed: verdict.kind === "kept" }));
    process.stdout.write(`${JSON.stringify(results)}\n`);
  } else process.stdout.write(`${judged.length - failed.length} kept, ${failed.length} broken (seed ${seed})\n`);
  if (failed.length > 0 || judged.length === 0) process.exitCode = 1;
}
