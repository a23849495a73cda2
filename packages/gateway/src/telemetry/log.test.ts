import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const LOG = new URL("./log.ts", import.meta.url).href;

/** The lines that a process leaves behind which logs, and then ends as `ending` says. */
function linesOf(ending: string): Readonly<Record<string, unknown>>[] {
  const folder = mkdtempSync(join(tmpdir(), "semel-log-"));
  try {
    const file = join(folder, "semel.log");
    const program = `
      import { openLog } from ${JSON.stringify(LOG)};
      const log = openLog({ level: "info", file: ${JSON.stringify(file)} });
      log.seen({ route: "POST /payments", method: "POST", status: 201, word: "mine", tookMs: 1.2345 });
      log.say("last words");
      ${ending}`;
    spawnSync(process.execPath, ["-C", "semel-source", "--input-type=module", "-e", program]);
    const text = readFileSync(file, "utf8");
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [how, ending] of [
  ["closes its log", "await log.close();"],
  // A store that cannot be trusted any more ends the process so.
  ["ends at once", "setTimeout(() => process.exit(1), 50);"],
  ["dies of an error that nobody foresaw", "setTimeout(() => { throw new Error('unforeseen'); }, 50);"],
] as const) {
  test(`a process that ${how} leaves every line behind`, () => {
    const [seen, said, ...more] = linesOf(ending);
    assert.deepEqual(more, []);
    const { time, ...fields } = seen!;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(Math.abs(Date.parse(String(time)) - Date.now()) < 60_000);
    const exchange = { route: "POST /payments", method: "POST", status: 201, word: "fresh", ms: 1.235 };
    assert.deepEqual(fields, { level: 30, ...exchange, msg: "request" });
    assert.equal(said!["msg"], "last words");
  });
}
