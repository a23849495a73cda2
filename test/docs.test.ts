import assert from "node:assert/strict";
import { test } from "node:test";
import { answerComplaints } from "./docs/answer-table.ts";
import { clientComplaints } from "./docs/client-table.ts";
import { npmMentions, prepareComplaints, programs, semelCommands, semelMentions } from "./docs/commands.ts";
import { configurations } from "./docs/configurations.ts";
import { exampleComplaints } from "./docs/examples.ts";
import { guaranteeComplaints } from "./docs/guarantee-table.ts";
import { isPage, links, unreached } from "./docs/links.ts";
import { machinePaths } from "./docs/machine-paths.ts";
import { problemComplaints } from "./docs/problem-codes.ts";
import { settingComplaints } from "./docs/setting-table.ts";
import { glossaryComplaints, headerComplaints, metricComplaints, namesInCode, pathComplaints } from "./docs/words.ts";
import { judge } from "./tidy/check.ts";
import { readRepository } from "./tidy/repository.ts";

const repository = readRepository();
const names = namesInCode(repository);
const textOf = (path: string): string => {
  const page = repository.find((source) => source.path === path);
  assert.ok(page !== undefined, `there is no ${path}`);
  return page.text;
};

for (const check of [
  links(repository),
  configurations,
  semelMentions(semelCommands()),
  npmMentions(repository),
  programs(repository),
  machinePaths,
]) {
  test(check.name, () => assert.deepEqual(judge(check, repository), []));
}

test("npm ci makes the command that the pages call by npx", () => {
  assert.deepEqual(prepareComplaints(textOf("package.json"), textOf("packages/cli/package.json")), []);
});

test("every page can be found from the README", () => {
  assert.deepEqual(unreached(repository), []);
});

test("the tables of settings say what the code says: names, defaults and bounds", () => {
  assert.deepEqual(settingComplaints(textOf("README.md")), []);
});

test("the table of what clients see is that of the profiles, and of Stripe's own client", async () => {
  assert.deepEqual(await clientComplaints(textOf("README.md")), []);
});

test("the table of guarantees is what semel check prints", () => {
  assert.deepEqual(guaranteeComplaints(textOf("README.md")), []);
});

test("the page for clients names headers and words that the code has", () => {
  assert.deepEqual(headerComplaints(textOf("docs/clients.md"), names), []);
});

test("the table of what an upstream's answers mean is the built-in one", () => {
  assert.deepEqual(answerComplaints(textOf("docs/configuration.md")), []);
});

test("the page for clients names every problem that they meet, with its status", () => {
  assert.deepEqual(problemComplaints(textOf("docs/clients.md")), []);
});

test("every path that ARCHITECTURE.md names exists", () => {
  assert.deepEqual(pathComplaints(textOf("ARCHITECTURE.md"), repository), []);
});

test("the glossary is sorted, has each term once, and names what the code has", () => {
  assert.deepEqual(glossaryComplaints(textOf("GLOSSARY.md"), names), []);
});

for (const { path, text } of repository.filter((source) => isPage(source.path))) {
  if (text.includes("semel_")) {
    test(`${path} names metrics that there are`, () => assert.deepEqual(metricComplaints(text, names), []));
  }
  if (/^packages\/[^/]+\/README\.md$/.test(path) && text.includes("```ts")) {
    test(`${path} has examples that print what it says`, () => assert.deepEqual(exampleComplaints(text), []));
  }
}
