import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import test from "node:test";
import { withTree } from "./tidy/tree.ts";

const RUN = join(import.meta.dirname, "run.ts");
const IMPORT = `import test, { describe, it } from "node:test";`;

type Run = { code: number | null; lines: string[]; text: string };

/** Runs the runner on planted files, in a tree of their own, as nobody's child. */
function runOn(files: Record<string, string>, ...args: string[]): Promise<Run> {
  const planted = Object.entries(files).map(([path, body]) => [path, `${IMPORT}\n${body}\n`]);
  return withTree(Object.fromEntries(planted), (root) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(process.execPath, [RUN, ...args], { cwd: root, env, encoding: "utf8" });
    return { code: status, lines: stdout.trimEnd().split("\n"), text: stdout };
  });
}

test("passing leaves are counted, the suites and tests around them are not", async () => {
  const { code, lines } = await runOn({
    "test/a.test.ts": `test("a", () => {}); describe("s", () => { it("b", () => {}); });`,
    "packages/core/src/x/b.test.ts": `test("parent", async (t) => { await t.test("child", () => {}); });`,
    "examples/bank/c.test.ts": `test("c", () => {});`,
  });
  assert.deepEqual([code, lines], [0, ["4 passed, 0 failed"]]);
});

test("a failure is printed with its place, its cause and the output around it", async () => {
  const { code, text, lines } = await runOn({
    "test/a.test.ts": `console.log("noise");\ntest("adds", () => { throw new Error("one is two"); });`,
  });
  assert.equal(code, 1);
  assert.match(text, /^FAILED test\/a\.test\.ts:3:1 adds\n {4}Error: one is two\n/m);
  assert.match(text, /noise/);
  assert.equal(lines.at(-1), "0 passed, 1 failed");
});

test("a failed child is counted once, not again for its parents", async () => {
  const { lines } = await runOn({
    "test/a.test.ts": `describe("s", () => { it("p", async (t) => { await t.test("c", () => { throw new Error("no"); }); }); });`,
  });
  assert.equal(lines.at(-1), "0 passed, 1 failed");
});

test("a skipped test is loud, says why, and is no pass", async () => {
  const { code, lines } = await runOn({
    "test/a.test.ts": `test("x", { skip: "no server" }, () => {}); test("y", () => {});`,
  });
  assert.equal(code, 0);
  assert.equal(lines[0], "SKIPPED test/a.test.ts:2:1 x: no server");
  assert.equal(lines.at(-1), "1 passed, 0 failed, 1 skipped");
});

const broken: Record<string, string> = {
  "does not parse": `test("a", () => {`,
  "throws while loading": `test("a", () => {}); throw new Error("boom");`,
  "sets an exit code": `test("a", () => { process.exitCode = 4; });`,
  "leaves early with code 0": `test("a", () => {}); test("b", () => process.exit(0));`,
  "leaves between two tests": `test("a", () => {}); setTimeout(() => process.exit(0), 50); test("b", () => new Promise((done) => setTimeout(done, 5_000)));`,
  "is killed": `test("a", () => process.kill(process.pid, "SIGKILL"));`,
  "holds no test": `export const nothing = describe && it && test;`,
  "holds an empty suite": `describe("s", () => {});`,
  "throws after its test": `test("a", () => { setTimeout(() => { throw new Error("late"); }, 5); });`,
};
for (const [what, body] of Object.entries(broken)) {
  test(`a file that ${what} has failed`, async () => {
    const { code, lines } = await runOn({ "test/a.test.ts": body, "test/b.test.ts": `test("fine", () => {});` });
    assert.equal(code, 1);
    assert.match(lines.at(-1) ?? "", /^[12] passed, 1 failed$/);
  });
}

test("a test that hangs, and a file that never ends, are ended", async () => {
  const { code, text, lines } = await runOn(
    {
      "test/a.test.ts": `test("hangs", async () => { await new Promise((done) => setTimeout(done, 60_000)); });`,
      "test/b.test.ts": `setInterval(() => {}, 1000); test("fine", () => {});`,
    },
    "--timeout-ms=500",
  );
  assert.equal(code, 1);
  assert.match(text, /hangs\n {4}test timed out after 500ms/);
  assert.match(text, /FAILED test\/b\.test\.ts.*\n {4}no sign of life/);
  assert.equal(lines.at(-1), "1 passed, 3 failed");
});

test("a run in which nothing ran fails", async () => {
  assert.equal((await runOn({})).code, 1);
  const skipped = await runOn({ "test/a.test.ts": `test("x", { skip: "no server" }, () => {});` });
  assert.equal(skipped.code, 1);
});

test("integration suites run when they are asked for", async () => {
  const files = {
    "test/a.test.ts": `test("quick", () => {});`,
    "test/integration/b.test.ts": `test("slow", () => {});`,
  };
  const total = async (...args: string[]): Promise<string | undefined> => (await runOn(files, ...args)).lines.at(-1);
  assert.equal(await total(), "1 passed, 0 failed");
  assert.equal(await total("--all"), "2 passed, 0 failed");
  assert.equal(await total("integration/b"), "1 passed, 0 failed");
});
