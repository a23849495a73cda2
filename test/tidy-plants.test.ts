import assert from "node:assert/strict";
import test from "node:test";
import { lockHoles } from "../tools/lock-holes.ts";
import { type Check, judge, type Source } from "./tidy/check.ts";
import { dependencyComplaints, entryComplaints } from "./tidy/entries.ts";
import { fileNames, identifiers } from "./tidy/names.ts";
import { purity } from "./tidy/record.ts";
import { fileSize, functionSize } from "./tidy/size.ts";
import { textChecks } from "./tidy/text.ts";
import { typeImports } from "./tidy/type-imports.ts";

const record = (text: string): Source => ({ path: "packages/core/src/record/plant.ts", text });
const store = (text: string): Source => ({ path: "packages/core/src/store/sqlite/plant.ts", text });
const named = (path: string): Source => ({ path, text: "export const nothing = 0;\n" });
const lines = (count: number): string => "f();\n".repeat(count);
const longFunction = (length: number): string => `function f() {\n${lines(length - 2)}}\n`;

/** Words that may stand in no file, this one included, are put together here. */
const word = (...parts: string[]): string => parts.join("");

type Plants = { check: Check; bad: Source[]; good: Source[] };

const textPlants: Record<string, { bad: Source[]; good: Source[] }> = {
  "types stay on": {
    bad: [`x = y as ${"any"};`, `// @ts-${"ignore"}`, `// @ts-${"nocheck"}`, `// biome-${"ignore"} lint: no`].map(
      record,
    ),
    good: [record("has anything; x as const;")],
  },
  "every test runs": {
    bad: [`test.${"only"}("x")`, `describe.${"skip"}("x")`, `test("x", { ${"only"}: true })`].map(record),
    good: [record(`test("x", { skip: "no server" }, f); readonly: true;`)],
  },
  "nothing is left for later": {
    bad: [{ path: "docs/plant.md", text: word("TO", "DO: later") }, record(word("// FIX", "ME"))],
    good: [record("const mastodon = 1;")],
  },
  "no path of one machine": {
    bad: ["work/main/x", "root/.npmrc", "home/me/x"].map((path) => ({ path: "knip.json", text: `"/${path}"` })),
    good: [record(`"https://example.com/home/x"; "./work/x"; "docs/work/y"`)],
  },
  "no paper is quoted that readers do not have": {
    bad: [
      record(word("// as DES", "IGN §9 says")),
      { path: "bench/plant.ts", text: word("/** DES", "IGN, section 5 */") },
    ],
    good: [record("// by design")],
  },
  "no registry is named": {
    bad: [
      { path: "package-lock.json", text: `"resolved": "${"https"}://example.com/a.tgz"` },
      { path: ".npmrc", text: `${"registry"}=https://${"registry"}.example.com/` },
      { path: ".npmrc", text: word("_auth", "Token=abc") },
    ],
    good: [{ path: "package-lock.json", text: `"resolved": "packages/core"` }],
  },
  "a store knows nothing of policy": {
    bad: ["row.leaseUntil", "// after the retention", "const profile = 1;", "retainUntil"].map(store),
    good: [
      store("client.release();"),
      record("leaseUntil"),
      { ...store("lease"), path: "packages/core/src/store/a.test.ts" },
    ],
  },
};

const plants: Plants[] = [
  { check: fileSize, bad: [record(lines(301))], good: [record(lines(300))] },
  {
    check: functionSize,
    bad: [longFunction(61), `const f = () => {\n${lines(60)}};`, `test("x", () => {\n${lines(60)}});`].map(record),
    good: [record(longFunction(60)), record(`describe("x", () => {\n${lines(80)}});`)],
  },
  {
    check: identifiers,
    bad: [
      "class LockManager {}",
      "const keyHelper = 1;",
      "type KeyUtils = 1;",
      "abstract class BaseStore {}",
      "class StoreImpl { }",
      "function utilSwap() {}",
      "class A { swapHelper() {} }",
      "const f = (dbManager: number) => dbManager;",
      "interface I { keyBase: string }",
    ].map(record),
    good: [record(`import { LockManager } from "x"; const baseUrl = new LockManager().helper; class Database {}`)],
  },
  {
    check: fileNames,
    bad: [
      "src/keyStore.ts",
      "src/key_store.ts",
      "src/Key.ts",
      "src/key-utils.ts",
      "src/helpers/key.ts",
      "src/base-store.ts",
    ].map(named),
    good: ["src/key-store.ts", "src/key-store.test.ts", ".dependency-cruiser.mjs", "src/database.ts"].map(named),
  },
  {
    check: typeImports,
    bad: [record(`type A = import("./a.ts").A;`)],
    good: [record(`import type { A } from "./a.ts"; const b = await import("./b.ts");`)],
  },
  {
    check: purity,
    bad: [
      "const now = Date.now();",
      "const now = new Date();",
      "type At = Date;",
      "const world = { clock: Date };",
      "const dice = Math.random();",
      `const dice = Math["random"]();`,
      "const { argv } = process;",
      `import "node:crypto";`,
      `const load = () => import("node:fs");`,
      "globalThis.x = 1;",
    ].map(record),
    good: [
      record(
        `// A Date in a comment, a "Date" in a string.\nconst headers = ["Date"]; const a = { process: 1 }.process; Math.max(1);`,
      ),
      { path: "packages/core/src/engine/clock.ts", text: "Date.now();" },
    ],
  },
  ...textChecks.map((check) => ({ check, ...textPlants[check.name]! })),
];

for (const { check, bad, good } of plants) {
  test(`a planted fault is seen: ${check.name}`, () => {
    for (const source of bad) assert.notDeepEqual(judge(check, [source]), [], source.path + source.text.slice(0, 80));
    for (const source of good) assert.deepEqual(judge(check, [source]), []);
  });
}

test("a complaint names the file and the line", () => {
  assert.deepEqual(judge(purity, [record("\n\nDate.now();")]), ["packages/core/src/record/plant.ts:3: Date"]);
});

const manifest = (content: object): Source => ({ path: "packages/core/package.json", text: JSON.stringify(content) });
const entry = { "semel-source": "./src/a/index.ts", types: "./dist/a/index.d.ts", default: "./dist/a/index.js" };
const source = named("packages/core/src/a/index.ts");

test("a planted fault is seen: exports and files differ", () => {
  const complaints = (exported: unknown, ...files: Source[]): string[] =>
    entryComplaints([manifest({ exports: exported }), ...files]);
  assert.deepEqual(complaints({ "./a": entry }, source), []);
  assert.match(complaints({ "./a": entry })[0] ?? "", /does not exist/);
  assert.match(complaints({ "./a": { ...entry, default: "./dist/index.js" } }, source)[0] ?? "", /not what is built/);
  assert.match(complaints({ "./a": { ...entry, types: "./dist/index.d.ts" } }, source)[0] ?? "", /not what is built/);
  assert.match(complaints({ "./a": { default: entry.default } }, source)[0] ?? "", /lacks a condition/);
  assert.match(complaints({ "./*": entry }, source)[0] ?? "", /pattern/);
  assert.match(complaints({}, source)[0] ?? "", /in no entry/);
  assert.match(entryComplaints([manifest({ bin: { semel: "./dist/main.js" } })])[0] ?? "", /no source/);
});

test("a planted fault is seen: the library has a dependency", () => {
  assert.deepEqual(dependencyComplaints([manifest({ name: "@semel/core" })]), []);
  assert.equal(dependencyComplaints([manifest({ dependencies: { undici: "7" } })]).length, 1);
});

test("a planted fault is seen: the lock has a hole", () => {
  const owner = { version: "1.0.0", optionalDependencies: { "b-darwin": "1.0.0" } };
  const b = { version: "1.0.0" };
  assert.deepEqual(lockHoles({ "node_modules/a": owner }), [{ name: "b-darwin", range: "1.0.0" }]);
  assert.deepEqual(lockHoles({ "node_modules/a": owner, "node_modules/x/node_modules/b-darwin": b }).length, 1);
  assert.deepEqual(lockHoles({ "node_modules/a": owner, "node_modules/b-darwin": b }), []);
  assert.deepEqual(lockHoles({ "node_modules/a": owner, "node_modules/a/node_modules/b-darwin": b }), []);
});
