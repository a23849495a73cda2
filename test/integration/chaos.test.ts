import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Summary } from "../chaos/outcome.ts";

const COMMAND = fileURLToPath(new URL("../chaos/main.ts", import.meta.url));

/** A run of some seconds, and then the time that keys need to settle. */
async function run(...options: string[]): Promise<{ code: number | null; summary: Summary; told: string }> {
  const folder = await mkdtemp(join(tmpdir(), "semel-chaos-"));
  try {
    const args = ["-C", "semel-source", COMMAND, "--json", "--folder", folder, ...options];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const [out, told]: [string[], string[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => told.push(chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, summary: JSON.parse(out.join("")) as Summary, told: told.join("") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test("some seconds of chaos kill every gateway, and no promise is broken", async () => {
  const { code, summary, told } = await run("--minutes", "0.15");
  assert.equal(code, 0, told);
  assert.ok(summary.kills >= 4 && summary.effects > 0, JSON.stringify(summary));
  assert.deepEqual([summary.violations, summary.unexplained], [0, 0]);
});

test("banks that do not keep what is declared of them make the run fail: it is not blind", async () => {
  const { code, summary, told } = await run("--minutes", "0.15", "--lying-banks");
  assert.equal(code, 1);
  assert.ok(summary.violations > 0, JSON.stringify(summary));
  assert.match(told, /two effects: (repeat|ask|both)-/);
  assert.match(told, /the bank: \{"data":\[\{"id":"pay_/);
});
