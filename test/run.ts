import { globSync } from "node:fs";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { type Report, reportOn } from "./reporter.ts";

const CONCURRENCY = 2;
const SLOW_TOTAL_MS = 20_000;

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: { all: { type: "boolean", default: false }, "timeout-ms": { type: "string", default: "120000" } },
});
const timeoutMs = Number(options["timeout-ms"]);

const startedAt = performance.now();
const reports = await runAll(findFiles());
const totalMs = performance.now() - startedAt;

if (totalMs > SLOW_TOTAL_MS) printSlowest(reports);
printTotal(reports);

function findFiles(): string[] {
  const files = globSync(["packages/**/src/**/*.test.ts", "examples/**/*.test.ts", "test/**/*.test.ts"], {
    exclude: (name) => name === "node_modules" || name === "dist",
  }).sort();
  if (filters.length > 0) return files.filter((file) => filters.some((filter) => file.includes(filter)));
  return options.all ? files : files.filter((file) => !file.startsWith("test/integration/"));
}

async function runAll(files: string[]): Promise<Report[]> {
  const queue = [...files];
  const done: Report[] = [];
  const work = async (): Promise<void> => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const report = await runFile(file);
      process.stdout.write(report.text);
      done.push(report);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return done;
}

/** A process that is silent for longer than any test may take holds something open, and would never end. */
async function runFile(file: string): Promise<Report> {
  const silence = new AbortController();
  const alarm = setTimeout(() => silence.abort(), timeoutMs * 1.5);
  const events = run({ files: [file], execArgv: ["-C", "semel-source"], timeout: timeoutMs, signal: silence.signal });
  events.on("data", () => alarm.refresh());
  try {
    return await reportOn(file, events);
  } finally {
    clearTimeout(alarm);
  }
}

function printSlowest(all: Report[]): void {
  console.log("slowest files:");
  for (const { file, ms } of all.toSorted((a, b) => b.ms - a.ms).slice(0, 5)) {
    console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${file}`);
  }
}

function printTotal(all: Report[]): void {
  const sum = (pick: (report: Report) => number): number => all.reduce((total, report) => total + pick(report), 0);
  const [passed, failed, skipped] = [sum((r) => r.passed), sum((r) => r.failed), sum((r) => r.skipped)];
  if (passed + failed === 0) console.log("no test ran");
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
