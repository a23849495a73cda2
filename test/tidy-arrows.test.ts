import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { withTree } from "./tidy/tree.ts";

const REPO = join(import.meta.dirname, "..");
const DEPCRUISE = join(REPO, "node_modules/.bin/depcruise");
const core = (path: string): string => `packages/core/src/${path}`;

/** What may be imported without breaking a rule, so that each plant breaks its own rule only. */
const sound: Record<string, string> = {
  "packages/core/package.json": `{ "name": "@semel/core", "exports": { "./record": { "semel-source": "./src/record/index.ts" } } }`,
  [core("record/index.ts")]: "export const record = 1; export type Row = number;",
  [core("engine/index.ts")]: `import { record } from "../record/index.ts"; export const engine = record;`,
  [core("contract/index.ts")]: `import type { Row } from "../record/index.ts"; export type Clause = Row;`,
  [core("payment/fold.ts")]: "export const fold = 1;",
  [core("payment/index.ts")]: `export { fold } from "./fold.ts";`,
  [core("relay/index.ts")]: "export const relay = 1;",
  [core("relay/kafka/index.ts")]: `import { relay } from "../index.ts"; export const kafka = relay;`,
  [core("store/sqlite/index.ts")]: `import "node:sqlite"; import "../../record/index.ts"; export const sqlite = 1;`,
  [core("store/sqlite/index.test.ts")]: `import "../../engine/index.ts"; import "node:test"; export {};`,
  "packages/gateway/src/flow/index.ts": `import { record } from "@semel/core/record"; export const flow = record;`,
  "packages/gateway/src/index.ts": `import "node:http"; import { flow } from "./flow/index.ts"; export const gateway = flow;`,
  "test/simulation.ts": `import "../packages/core/src/engine/index.ts"; export {};`,
};

const folders = [
  "payment",
  "insight",
  "engine",
  "upstream",
  "client",
  "relay",
  "relay/kafka",
  "http/protocol",
  "http/fetch",
]
  .concat(["http/node", "http/fastify", "http/express", "http/hono", "http/nest"])
  .concat([
    "vault",
    "store/authority",
    "store/memory",
    "store/sqlite",
    "store/postgres",
    "store/dynamodb",
    "store/cassandra",
    "cache/memory",
    "cache/redis",
  ]);

/** Start of a rule's name, the file that breaks it, and the import that does. */
const plants: [rule: string, path: string, text: string][] = [
  ...folders.map((name): [string, string, string] => [
    `${name} imports only itself`,
    core(`${name}/plant.ts`),
    `import "${"../".repeat(name.split("/").length)}contract/index.ts";`,
  ]),
  ["record imports only itself", core("record/node.ts"), `import "node:fs";`],
  ["record imports only itself", core("record/outward.ts"), `import type { Clause } from "../contract/index.ts";`],
  ["record imports only itself", core("record/lazy.ts"), `await import("../contract/index.ts");`],
  ["engine imports only itself", core("engine/node.ts"), `import "node:timers";`],
  ["contract imports only itself", core("contract/plant.ts"), `export * from "../engine/index.ts";`],
  ["store/memory imports only itself", core("store/memory/other.ts"), `import "../sqlite/index.ts";`],
  ["store/memory imports only itself", core("store/memory/node.ts"), `import "node:fs";`],
  ["store/sqlite imports only itself", core("store/sqlite/engine.ts"), `import "../../engine/index.ts";`],
  ["store/lane imports only itself", core("store/lane/other.ts"), `import "../memory/index.ts";`],
  ["store/postgres imports only itself", core("store/postgres/other.ts"), `import "../memory/index.ts";`],
  ["store/dynamodb imports only itself", core("store/dynamodb/other.ts"), `import "../memory/index.ts";`],
  ["store/cassandra imports only itself", core("store/cassandra/other.ts"), `import "../memory/index.ts";`],
  ["every folder of core has its row", core("store/new/plant.ts"), `import "../../record/index.ts";`],
  ["gateway/flow imports only itself", "packages/gateway/src/flow/node.ts", `import "node:http";`],
  ["gateway/flow imports only itself", "packages/gateway/src/flow/up.ts", `import "../index.ts";`],
  [
    "a package is imported by its public entries",
    "packages/gateway/src/deep.ts",
    `import "../../core/src/engine/index.ts";`,
  ],
  [
    "a package is imported by its public entries",
    "examples/bank/deep.ts",
    `import "../../packages/core/src/record/index.ts";`,
  ],
  ["core imports no other package", core("record/gateway.ts"), `import "../../../gateway/src/index.ts";`],
  ["nothing but tests imports test", "packages/gateway/src/sim.ts", `import "../../../test/simulation.ts";`],
  ["every import leads somewhere", "packages/cli/src/hidden.ts", `import "@semel/core/engine";`],
  ["no cycles", core("payment/fold.ts"), `import "./index.ts";`],
];

type Rule = { name: string };
type Summary = { violations: { from: string; rule: Rule }[]; ruleSetUsed: { forbidden: Rule[] } };

function cruise(root: string): Summary {
  mkdirSync(join(root, "node_modules/@semel"), { recursive: true });
  symlinkSync(join(root, "packages/core"), join(root, "node_modules/@semel/core"));
  const args = [DEPCRUISE, "--config", join(REPO, ".dependency-cruiser.mjs"), "--output-type", "json", "."];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })).summary;
}

test("the arrows accept what the table allows", async () => {
  const { violations } = await withTree(sound, cruise);
  assert.deepEqual(violations, []);
});

test("every arrow refuses a planted import", async () => {
  const planted = Object.fromEntries(plants.map(([, path, text]) => [path, text]));
  const { violations, ruleSetUsed } = await withTree({ ...sound, ...planted }, cruise);
  for (const [rule, path] of plants) {
    const found = violations.filter((it) => it.from === path).map((it) => it.rule.name);
    assert.ok(
      found.some((name) => name.startsWith(rule)),
      `${path} should break "${rule}", and breaks ${JSON.stringify(found)}`,
    );
  }
  const unbroken = ruleSetUsed.forbidden.filter(({ name }) => !plants.some(([rule]) => name.startsWith(rule)));
  assert.deepEqual(unbroken, [], "every arrow has a plant");
});
