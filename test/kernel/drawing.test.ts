import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { transitions } from "./drawing.ts";

test("the state machine that ARCHITECTURE.md draws is the one that decide carries out", async () => {
  const text = await readFile(new URL("../../ARCHITECTURE.md", import.meta.url), "utf8");
  const [, drawing] = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(text) ?? [];
  assert.ok(drawing !== undefined, "ARCHITECTURE.md has no state diagram");
  const drawn = drawing
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes("-->"));
  assert.deepEqual(drawn.sort(), [...transitions()].sort());
});
