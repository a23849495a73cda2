import assert from "node:assert/strict";
import test from "node:test";
import { lockHoles } from "../tools/lock-holes.ts";
import { type Check, judge } from "./tidy/check.ts";
import { dependencyComplaints, entryComplaints } from "./tidy/entries.ts";
import { fileNames, identifiers } from "./tidy/names.ts";
import { purity } from "./tidy/record.ts";
import { readRepository } from "./tidy/repository.ts";
import { fileSize, functionSize } from "./tidy/size.ts";
import { textChecks } from "./tidy/text.ts";
import { typeImports } from "./tidy/type-imports.ts";

const repository = readRepository();
const perFile: Check[] = [fileSize, functionSize, identifiers, fileNames, typeImports, purity, ...textChecks];

test("the repository was read", () => {
  assert.ok(repository.some(({ path }) => path === "test/tidy.test.ts"));
});

for (const check of perFile) {
  test(check.name, () => assert.deepEqual(judge(check, repository), []));
}

test("what a package exports exists, from source and from dist", () => {
  assert.deepEqual(entryComplaints(repository), []);
});

test("the library has no dependencies", () => {
  assert.deepEqual(dependencyComplaints(repository), []);
});

test("the lock knows every optional dependency (if not: node tools/lock.ts)", () => {
  const lock = repository.find(({ path }) => path === "package-lock.json");
  assert.deepEqual(lockHoles(JSON.parse(lock?.text ?? "{}").packages), []);
});
