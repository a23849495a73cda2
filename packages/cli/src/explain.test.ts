import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArgs } from "node:util";
import { type SemelCommand, UsageError } from "./command.ts";
import { explain } from "./explain.ts";

const command = (name: string): SemelCommand => ({
  name,
  summary: "",
  usage: `semel ${name} [options]`,
  run: async () => 0,
});
const START = command("start");
const DEV = command("dev");

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

test("what the system refuses is one sentence and what to do, without a stack", () => {
  for (const [code, advice] of [
    ["EACCES", /Give this process the right to it/],
    ["EROFS", /read-only/],
    ["ENOSPC", /make room/],
    ["EMFILE", /ulimit -n/],
    ["EADDRNOTAVAIL", /no such address/],
    ["ENOTFOUND", /correct its name/],
  ] as const) {
    const error = Object.assign(new Error(`${code}: that is so, open '/x'`), { code, syscall: "open" });
    const { text, exitCode } = explain(error, START);
    assert.equal(exitCode, 1);
    assert.match(text, new RegExp(`^semel: the system refuses it \\(${code}: that is so, open '/x'\\)\\. [^\\n]*\\.$`));
    assert.match(text, advice);
  }
});

test("a port in use is named, with where this command has it from", () => {
  const error = Object.assign(new Error("listen"), { code: "EADDRINUSE", address: "127.0.0.1", port: 7300 });
  assert.match(
    explain(error, START).text,
    /^semel: port 127\.0\.0\.1:7300 is in use\. .* under `listen` in the configuration\.$/,
  );
  assert.match(explain(error, DEV).text, /choose another one \(semel dev --help\)\.$/);
});

test("wrong words are one sentence, then how the command is used", () => {
  const ambiguous = thrownBy(() => parseArgs({ args: ["--wait", "-5"], options: { wait: { type: "string" } } }));
  for (const error of [ambiguous, new UsageError("--wait is a time, not -5")]) {
    const { text, exitCode } = explain(error, START);
    assert.equal(exitCode, 2);
    assert.match(text, /^semel start: [^\n]*[^.]\.\n\nsemel start \[options\]$/);
  }
});

test("an error that says itself what to do ends as a sentence, and one that nobody foresaw keeps its stack", () => {
  class StoreOpenError extends Error {
    override readonly name = "StoreOpenError";
  }
  assert.equal(
    explain(new StoreOpenError("The file is in use: stop it"), START).text,
    "semel: The file is in use: stop it.",
  );
  assert.match(
    explain(new TypeError("x is not a function"), START).text,
    /^semel: TypeError: x is not a function\n +at /,
  );
});
