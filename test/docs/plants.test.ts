import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Check, judge, type Source } from "../tidy/check.ts";
import { answerComplaints } from "./answer-table.ts";
import { clientComplaints } from "./client-table.ts";
import { npmMentions, prepareComplaints, programs, semelMentions } from "./commands.ts";
import { configurations } from "./configurations.ts";
import { exampleComplaints } from "./examples.ts";
import { guaranteeComplaints } from "./guarantee-table.ts";
import { links, unreached } from "./links.ts";
import { machinePaths } from "./machine-paths.ts";
import { problemComplaints } from "./problem-codes.ts";
import { settingComplaints } from "./setting-table.ts";
import { glossaryComplaints, headerComplaints, metricComplaints, pathComplaints } from "./words.ts";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "../..", path), "utf8");
const page = (text: string): Source => ({ path: "docs/plant.md", text });
const yaml = (info: string, text: string): string => `\`\`\`yaml${info}\n${text}\n\`\`\``;
const code = (text: string): string => `Say \`${text}\`.`;

const manifest: Source = { path: "package.json", text: `{ "scripts": { "demo": "x", "test": "x" } }` };
const other: Source = { path: "docs/other.md", text: "# A title, here\n\n## Twice\n\n## Twice\n" };
const source: Source = { path: "packages/cli/src/main.ts", text: "" };
const commands = new Map([
  ["dev", "semel dev [options]\n  --upstream URL\n  --data-dir DIR"],
  ["keys", "semel keys ls [--state S]\nsemel keys show RUN\n  --json"],
]);

const plants: readonly Readonly<{ check: Check; bad: string[]; good: string[] }>[] = [
  {
    check: links([page(""), other, source]),
    bad: ["[a](none.md)", "[a](other.md#twice-2)", "[a](#none)", "[a](../packages/cli/src/other.ts)"],
    good: [
      "# Here\n[a](other.md#twice-1) [b](other.md#a-title-here) [c](#here) [d](../packages/cli)",
      "[a](https://x.y)",
    ],
  },
  {
    check: configurations,
    bad: [
      yaml("", "version: 2"),
      yaml("", "defaults: { deadline: 1h }"),
      yaml(" route", "mode: shadowy"),
      yaml(" route", "horizon: 1m"),
      yaml(" upstream", "recover: { repeat: { window: 1m } }"),
      yaml("", "accounts: { header: x }"),
      yaml(" upstream", "key: [forward"),
    ],
    good: [
      yaml(" route", "mode: shadow"),
      yaml(" upstream", "key: derived"),
      yaml("", 'accounts: { map: ./a.yaml, header: x }\nupstreams: { bank: { url: "http://x", key: derived } }'),
    ],
  },
  {
    check: semelMentions(commands),
    bad: [
      "semel start",
      "semel dev --up",
      "semel dev --data",
      "semel keys rm RUN",
      "npx semel keys show RUN --states x",
    ].map(code),
    good: ["semel dev --upstream http://x --help", "semel keys ls --state in-doubt --json | wc"].map(code),
  },
  {
    check: npmMentions([manifest]),
    bad: ["npm run demos", "npm start", "    npm run bench"].map((text) => (text.startsWith(" ") ? text : code(text))),
    good: ["npm run demo -- --payments 2", "npm ci && npm test"].map(code),
  },
  {
    check: programs([source]),
    bad: ["node packages/cli/src/none.ts", "```\nbash test/none.sh\n```"].map((text) =>
      text.includes("\n") ? text : code(text),
    ),
    good: [code("node packages/cli/dist/main.js start"), code("node -C semel-source packages/cli/src/main.ts")],
  },
  {
    check: machinePaths,
    bad: ["token: /tmp/x/.semel", "`/var/lib/x`"],
    good: ["./tmp/x", "https://x.y/tmp/z", "`GET /payments`"],
  },
];

for (const { check, bad, good } of plants) {
  test(`a planted fault is seen: ${check.name}`, () => {
    for (const text of bad) assert.notDeepEqual(judge(check, [page(text)]), [], text);
    for (const text of good) assert.deepEqual(judge(check, [page(text)]), [], text);
  });
}

/** The page as it is has no fault, and each change of one piece of it makes one that names the piece. */
function eachIsSeen(
  path: string,
  complaints: (text: string) => string[],
  changes: readonly [string, string, RegExp][],
): void {
  const text = read(path);
  assert.deepEqual(complaints(text), []);
  for (const [from, to, expected] of changes) {
    assert.ok(text.includes(from), `${path} has no ${from}`);
    assert.match(complaints(text.replace(from, () => to)).join("\n"), expected, `${from} -> ${to}`);
  }
}

test("a planted fault is seen: a setting with another name, default or bound, one too many, one too few", () => {
  eachIsSeen("README.md", settingComplaints, [
    ["| `retain` |", "| `retains` |", /route retain is in the code[\s\S]*retains is in the table/],
    ["| `24h` | 1s to 400d |", "| `25h` | 1s to 400d |", /retain has the default 24h/],
    ["| `24h` | 1s to 400d |", "| `24h` | 1s to 40d |", /retain may be 1s to 400d/],
    ["| `sqlite:./semel.db` |", "| `sqlite:./other.db` |", /store has not the default/],
    ["| `none` | none, `redis", "| `some` | none, `redis", /cache has not the default/],
    ["| `url` | required |", "| `url` | - |", /url is required/],
    ["| `id` | - |", "| `id` | required |", /id is not required/],
    ["enforce, shadow, off", "enforce, shadow", /mode may be enforce, shadow, off/],
    ["| `limits.headers` |", "| `limits.answer` |", /limits.headers is in the code[\s\S]*limits.answer is told twice/],
    ["`recover.ask.get`", "`recover.ask`", /settleAfter is told twice|recover.ask /],
  ]);
});

test("a planted fault is seen: npm ci does not make the command semel", () => {
  const command = read("packages/cli/package.json");
  eachIsSeen("package.json", (text) => prepareComplaints(text, command), [
    ['"prepare"', '"prepared"', /does not build semel/],
    ["npm run build && npm rebuild", "npm rebuild", /does not build semel/],
    ["npm rebuild semel ", "npm rebuild other ", /does not build semel and then link it/],
  ]);
  const complaints = prepareComplaints(read("package.json"), command.replace('"semel": "./dist', '"other": "./dist'));
  assert.deepEqual(complaints, ["semel has no command semel"]);
});

test("a planted fault is seen: clients see another status, hint or error, or a situation is missing", async () => {
  const text = read("README.md");
  for (const [from, to, expected] of [
    ["| 422 `mismatch` |", "| 409 `mismatch` |", /mismatch is 422 `mismatch`/],
    ["409 `pending`, `Retry-After`", "409 `pending`", /pending is 409/],
    ["stripe-node 23", "stripe-node 9", /the client is stripe-node/],
    ["(`erased`)", "(`gone`)", /erased is missing[\s\S]*gone is no situation/],
    ["`StripeAPIError` after 3 tries", "`StripeAPIError` after 1 try", /conflict is `StripeAPIError` after 3 tries/],
    ["409 `api_error`, no retry", "409 `api_error`, retry", /inDoubt is 409 `api_error`, no retry/],
  ] as const) {
    assert.ok(text.includes(from), from);
    assert.match((await clientComplaints(text.replace(from, () => to))).join("\n"), expected);
  }
});

test("a planted fault is seen: a guarantee that is not given, a header that is not sent", () => {
  eachIsSeen("README.md", guaranteeComplaints, [
    ["at most once; a lost answer", "exactly once; a lost answer", /neither gives at most once/],
    ["| both | exactly", "| neither | exactly", /should be about both/],
  ]);
  const headers = (row: string): string => `| header | when | value |\n|---|---|---|\n${row}`;
  assert.deepEqual(headerComplaints(headers("| `X-A` | | `word`, `true` |"), new Set(["X-A", "word"])), []);
  assert.match(headerComplaints(headers("| `X-A` | | `word` |"), new Set(["X-A"])).join(), /says word/);
});

test("a planted fault is seen: an answer means something else, a problem has another code or status", () => {
  eachIsSeen("docs/configuration.md", answerComplaints, [
    ["| 2xx | final | final |", "| 2xx | final | ambiguous |", /200 is final and final/],
    ["408, 409, 425", "409, 425", /408 is noEffect/],
  ]);
  eachIsSeen("docs/clients.md", problemComplaints, [
    ["`in_doubt` |", "`in_doubts` |", /in_doubt is missing[\s\S]*there is no in_doubts/],
    ["| 422 `mismatch`", "| 409 `mismatch`", /mismatch has status 422/],
  ]);
});

test("a planted fault is seen: a term out of order, twice, or without its code; a path, a metric, a page that is not there", () => {
  const names = new Set(["Fence", "semel_x"]);
  const glossary = (...rows: string[]): string => `| term | meaning | in code |\n|---|---|---|\n${rows.join("\n")}`;
  assert.deepEqual(glossaryComplaints(glossary("| a | b | `Fence` |", "| b | c | |"), names), []);
  assert.match(glossaryComplaints(glossary("| b | b | |", "| a | c | |"), names).join(), /a stands after b/);
  assert.match(glossaryComplaints(glossary("| b | b | |", "| b | c | |"), names).join(), /b stands twice/);
  assert.match(glossaryComplaints(glossary("| b | b | `Fences` |"), names).join(), /called Fences/);
  assert.match(glossaryComplaints("", names).join(), /no table/);

  assert.deepEqual(pathComplaints("`main.ts` `packages/{cli,cli/src}` `test of / words`", [source]), []);
  assert.match(pathComplaints("`other.ts`", [source]).join(), /no other\.ts/);
  assert.match(pathComplaints("`packages/{cli,core}/src`", [source]).join(), /no packages\/core\/src/);
  assert.deepEqual(metricComplaints("`semel_x`", names), []);
  assert.match(metricComplaints("`semel_y`", names).join(), /no metric semel_y/);
  assert.deepEqual(unreached([{ path: "README.md", text: "[a](docs/plant.md)" }, page("")]), []);
  assert.deepEqual(unreached([{ path: "README.md", text: "" }, page("")]), ["docs/plant.md"]);
});

test("a planted fault is seen: an example that prints something else, or fails", () => {
  const example = (text: string, prints: string): string => `\`\`\`ts\n${text}\n\`\`\`\n\n\`\`\`\n${prints}\n\`\`\``;
  assert.deepEqual(exampleComplaints(example("const one: number = 1;\nconsole.log(one);", "1")), []);
  assert.match(exampleComplaints(example("console.log(2);", "1")).join(), /^1: prints\n2/);
  assert.match(exampleComplaints(example(`import "none";`, "")).join(), /ERR_MODULE_NOT_FOUND/);
});
