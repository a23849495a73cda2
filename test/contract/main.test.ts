import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { withTree } from "../tidy/tree.ts";

const MAIN = join(import.meta.dirname, "main.ts");

type Ran = Readonly<{ code: number | string | null | undefined; stdout: string; stderr: string }>;

function run(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["-C", "semel-source", MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
  });
}

/** A store that is closed from the start: almost nothing holds. */
const CLOSED = `
  import { memoryStore } from "${join(import.meta.dirname, "../../packages/core/src/store/memory/index.ts")}";
  const fixture = () => ({
    open: async () => {
      const store = memoryStore();
      await store.close();
      return { store, outbox: null, browser: null };
    },
    reopen: null,
    remove: async () => {},
  });
`;

test("a store that keeps every clause exits with 0, and each clause has its line", async () => {
  const { code, stdout } = await run("memory");
  assert.equal(code, 0);
  assert.match(stdout, /^✓ memory {2}first-swap-wins: the first swap of a key wins/);
  assert.match(stdout, /\n- memory {2}survives-reopening: .*\n {4}The store survives nothing, and says so\n/);
  assert.match(stdout, /\n\d+ kept, 0 broken \(seed 1\)\n$/);
});

test("--json prints the verdicts and nothing else", async () => {
  const { code, stdout } = await run("memory", "--json");
  assert.equal(code, 0);
  const results: unknown[] = JSON.parse(stdout);
  assert.ok(results.length > 25);
  assert.deepEqual(results[0], { store: "memory", clause: "first-swap-wins", passed: true });
});

test("a module's store is judged, and one that breaks a clause exits with 1", async () => {
  for (const [name, exported] of [
    ["default.ts", "export default fixture;"],
    ["open.ts", "export const open = fixture;"],
  ] as const) {
    await withTree({ [name]: `${CLOSED}${exported}` }, async (root) => {
      const { code, stdout } = await run("--module", join(root, name));
      assert.equal(code, 1);
      assert.match(stdout, /^✗ \S+ {2}first-swap-wins: .*\n {4}could not be judged: StoreError: The store is closed\n/);
      assert.match(stdout, /\n- \S+ {2}won-swap-publishes: .*\n {4}The store offers no outbox\n/);
      assert.doesNotMatch(stdout, /memory {2}|sqlite {2}/);
    });
  }
});

test("a wrong command line is explained in one sentence", async () => {
  const wrong: [string[], RegExp][] = [
    [
      ["redis"],
      /^contract: There is no store "redis": choose memory, sqlite, postgres, dynamodb, cassandra, cache-memory, cache-redis or all, or give a --module\n$/,
    ],
    [["--jsn"], /^contract: Unknown option '--jsn'; --help lists the options\n$/],
    [["--seed", "x"], /^contract: --seed must be a whole number, not "x"\n$/],
    [["--module", "nowhere.ts"], /^contract: nowhere\.ts could not be loaded: Cannot find module .*\n$/],
    [
      ["--module", MAIN.replace("main.ts", "flags.ts")],
      /^contract: \S+ should export, .* a function that makes a fixture\n$/,
    ],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await run(...args);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, message);
  }
});

test("the help names every option", async () => {
  const { code, stdout } = await run("--help");
  assert.equal(code, 0);
  for (const option of ["module", "json", "seed", "help"]) assert.match(stdout, new RegExp(`--${option} `));
});
