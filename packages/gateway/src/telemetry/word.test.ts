import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { wordOf } from "./word.ts";

const SOURCES = join(import.meta.dirname, "..");
/** Where a word is said: as a member, to `done`, as what a function returns, and all that begins with shadow. */
const SAID = [/\bword: "([^"]+)"/g, /\bdone\([^()]*, "([^"]+)"\)/g, /\breturn "([a-z-]+)";/g, /"(shadow-[a-z-]+)"/g];

function said(text: string): string[] {
  return SAID.flatMap((pattern) => [...text.matchAll(pattern)].map(([, word]) => word!));
}

test("every word that flow and server say has its label: none is counted as an error", () => {
  const words = globSync(["flow/*.ts", "http/*.ts"], { cwd: SOURCES }).flatMap((path) =>
    said(readFileSync(join(SOURCES, path), "utf8")),
  );
  for (const known of ["replayed", "passed", "too-large", "shadow-duplicate"]) assert.ok(words.includes(known), known);
  const unknown = words.filter((word) => word !== "error" && wordOf({ word }) === "error");
  assert.deepEqual(unknown, []);
});

test("a word is found wherever one is said", () => {
  assert.deepEqual(
    said('return { outgoing, word: "a" }; return done(route.id, "b"); return "c"; claimed.resolve("shadow-d");'),
    ["a", "b", "c", "shadow-d"],
  );
});

test("what nobody has as a word is an error, and its text is no label", () => {
  assert.equal(wordOf({ word: "Error: k1" }), "error");
  assert.equal(wordOf({ word: "constructor" }), "error");
});
