import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { StoresSummary } from "../chaos/stores/outcome.ts";
import { noProgram } from "./postgres-server.ts";

const COMMAND = fileURLToPath(new URL("../chaos/main.ts", import.meta.url));

test("some seconds of chaos on a PostgreSQL that is killed, and no promise is broken", {
  skip: noProgram,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "semel-chaos-"));
  try {
    const options = ["--stores", "postgres", "--minutes", "0.1", "--rate", "8", "--json", "--folder", folder];
    const child = spawn(process.execPath, ["-C", "semel-source", COMMAND, ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [out, told]: [string[], string[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => told.push(chunk.toString()));
    const [code] = (await once(child, "close")) as [number | null];
    assert.equal(code, 0, told.join(""));
    const { stores, violations, unexplained } = JSON.parse(out.join("")) as StoresSummary;
    assert.deepEqual([violations, unexplained], [0, 0]);
    const { faults, effects, keys } = stores["postgres"]!;
    assert.ok(keys > 20 && effects > 10, told.join(""));
    assert.ok(faults["serverKill"]! >= 1 && faults["gatewayKill"]! >= 4, JSON.stringify(faults));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
