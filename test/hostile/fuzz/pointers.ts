import assert from "node:assert/strict";
import { question } from "@semel/core/upstream";
import { textsAt, valueAt } from "../../../packages/gateway/src/flow/pointer.ts";
import { parser, type Target } from "./fuzzer.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

type Looked = Readonly<{ pointer: string; body: Uint8Array; document: Readonly<{ value: unknown }> | null }>;

/** An input is a pointer, a line feed, and a body. */
function split(bytes: Uint8Array): Looked {
  const all = Buffer.from(bytes);
  const at = all.includes("\n") ? all.indexOf("\n") : all.length;
  const body = all.subarray(at + 1);
  let document: Looked["document"] = null;
  try {
    document = { value: JSON.parse(utf8.decode(body)) };
  } catch {}
  return { pointer: all.subarray(0, at).toString("latin1"), body, document };
}

/** RFC 6901 once more, on entries instead of members; null: nothing is there. */
function peer(value: unknown, pointer: string): Readonly<{ value: unknown }> | null {
  if (pointer === "") return { value };
  const [, head = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(pointer) ?? [];
  if (typeof value !== "object" || value === null) return null;
  const name = head.replaceAll(/~[01]/g, (tilde) => (tilde === "~1" ? "/" : "~"));
  const found = Object.entries(value).find(([member]) => member === name);
  return found === undefined ? null : peer(found[1], rest);
}

const WHOLE = /^(?:\/(?:[^~/]|~[01])*)*$/s;
const SEEDS = [
  '/key\n{"key":"k1"}',
  '/a/0/b~1c\n{"a":[{"b/c":"x"}]}',
  '/a/1\n{"a":[1,12345678901234567890]}',
  '/~0\n{"~":1.50}',
  '/\n{"":true}',
  '/__proto__/x\n{"__proto__":{"x":"y"}}',
  "/length\n[1,2]",
  '/a\n{"a":null}',
  '/constructor\n{"a":1}',
  '/__proto__\n{"a":1}',
];
const WORDS = [
  "/",
  "~0",
  "~1",
  "~",
  "/0",
  "/01",
  "/-1",
  "/constructor",
  "/__proto__",
  "/toString",
  "\n",
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  '"a":',
  "1e2",
  "null",
  '"a"',
];

export const POINTERS: Target = {
  name: "JSON pointers into bodies",
  seeds: SEEDS.map((text) => Buffer.from(text)),
  words: WORDS,
  open: parser((bytes) => {
    const { pointer, body, document } = split(bytes);
    if (!WHOLE.test(pointer)) return void valueAt(body, pointer);
    const there = document === null ? null : peer(document.value, pointer);
    assert.deepEqual(valueAt(body, pointer), there?.value);
    const [text] = textsAt(body, [pointer]);
    if (text === null) return;
    const isNumber = typeof there?.value === "number" && Number(text) === there.value;
    assert.ok(there?.value === text || isNumber, `${text} is not what the body says`);
  }),
};

const plan = (pointer: string) =>
  question({
    ...{ get: "/payments?key={upstreamKey}", vars: {}, headers: {} },
    effect: { status: 200, sign: "present", pointer },
    noEffect: { status: 200, sign: "absent", pointer },
    answer: { status: 201, pointer },
  });

export const QUESTIONS: Target = {
  name: "answers to a question",
  seeds: SEEDS.map((text) => Buffer.from(text)),
  words: WORDS,
  open: parser((bytes) => {
    const { pointer, body, document } = split(bytes);
    if (!WHOLE.test(pointer)) return;
    for (const status of [200, 404]) {
      const reading = plan(pointer).read(status, body);
      const there = document === null ? null : peer(document.value, pointer);
      const proved = status === 200 && there !== null && there.value !== null;
      assert.equal(reading.kind === "yes", proved, "an effect is read where none is proved, or is not read");
      if (reading.kind === "no")
        assert.ok(status === 200 && there === null && document !== null, "no effect is read, and none is proved");
      if (reading.kind !== "yes" || reading.answer === null) continue;
      const kept = JSON.parse(utf8.decode(reading.answer.body)) as unknown;
      assert.deepEqual(kept, there?.value, "the answer is another part of the proof");
    }
  }),
};
