import assert from "node:assert/strict";
import { test } from "node:test";
import { type QuestionPlan, type QuestionReading, question } from "./question.ts";

const PLAN: QuestionPlan = {
  get: "/payments?key={upstreamKey}&ref={ref}",
  vars: { ref: "/reference" },
  headers: { authorization: "Bearer t", "x-version": "2" },
  effect: { status: 200, sign: "present", pointer: "/data/0" },
  noEffect: { status: 200, sign: "absent", pointer: "/data/0" },
  answer: { status: 201, pointer: "/data/0" },
};

function read(body: string, status = 200, plan: QuestionPlan = PLAN): QuestionReading {
  return question(plan).read(status, new TextEncoder().encode(body));
}

function noteOf(reading: QuestionReading): string {
  assert.equal(reading.kind, "unknown");
  return reading.kind === "unknown" ? reading.note : "";
}

test("values are percent-encoded in path and query", () => {
  const { target, vars, headers } = question(PLAN);
  assert.equal(target('"k-1"', { ref: "a&b=c/é+?#" }), "/payments?key=%22k-1%22&ref=a%26b%3Dc%2F%C3%A9%2B%3F%23");
  assert.deepEqual(vars, [{ name: "ref", pointer: "/reference" }]);
  assert.deepEqual(headers, ["authorization", "Bearer t", "x-version", "2"]);
});

test("a value is never read as a place of the template or as a pattern", () => {
  assert.equal(question(PLAN).target("{ref}", { ref: "$&" }), "/payments?key=%7Bref%7D&ref=%24%26");
});

test("without a value, or with an empty one, nobody is asked: the question would be about other payments", () => {
  const { target } = question(PLAN);
  assert.equal(target("k", {}), null);
  assert.equal(target("k", { ref: "" }), null);
  assert.equal(target("", { ref: "r" }), null);
  assert.equal(target("k", { ref: "\ud800" }), null);
  assert.equal(target("k", Object.create({ ref: "inherited" })), null);
});

test("a value cannot climb out of its path segment", () => {
  const { target } = question({ ...PLAN, get: "/payments/{ref}/state" });
  assert.equal(target("k", { ref: ".." }), null);
  assert.equal(target("k", { ref: "." }), null);
  assert.equal(target("k", { ref: "../x" }), "/payments/..%2Fx/state");
});

test("an effect that is shown is a yes, and the part shown is the answer of every retry", () => {
  assert.deepEqual(read('{"data":[{"id":"p1","amount":1200}],"hasMore":false}'), {
    kind: "yes",
    answer: {
      status: 201,
      contentType: "application/json",
      body: new TextEncoder().encode('{"id":"p1","amount":1200}'),
    },
  });
});

test("numbers come back with their own digits", () => {
  const reading = read('{"data":[{"id":12345678901234567890,"rate":1.50}]}');
  assert.ok(reading.kind === "yes" && reading.answer !== null);
  assert.equal(new TextDecoder().decode(reading.answer.body), '{"id":12345678901234567890,"rate":1.50}');
});

test("an empty list is a no", () => {
  assert.deepEqual(read('{"data":[],"hasMore":false}'), { kind: "no" });
});

test("a list that is not there at all is no no: another answer came than the one that was declared", () => {
  for (const body of ["{}", "[]", '{"error":"gone"}', '{"data":null}', '{"data":"none"}', "null", "true"]) {
    assert.match(noteOf(read(body)), /^the answer \(200\) proves neither/, body);
  }
});

test("a null is neither an effect nor the proof that there was none", () => {
  assert.match(noteOf(read('{"data":[null]}')), /proves neither/);
});

test("another status proves nothing", () => {
  assert.match(noteOf(read('{"data":[]}', 404)), /^the answer \(404\) proves neither/);
  assert.match(noteOf(read('{"data":[{}]}', 206)), /^the answer \(206\) proves neither/);
});

test("what is not JSON proves nothing", () => {
  assert.equal(noteOf(read("<html>", 502)), "the answer (502) is not JSON");
  assert.equal(noteOf(read("")), "the answer (200) is not JSON");
  assert.equal(noteOf(question(PLAN).read(200, new Uint8Array([0x22, 0xff, 0x22]))), "the answer (200) is not JSON");
});

test("an answer that proves both proves nothing", () => {
  const plan: QuestionPlan = { ...PLAN, noEffect: { status: 200, sign: "absent", pointer: "/error" } };
  assert.match(noteOf(read('{"data":[{}]}', 200, plan)), /proves both/);
});

test("yes and no may come with statuses of their own", () => {
  const plan: QuestionPlan = {
    ...PLAN,
    effect: { status: 200, sign: "present", pointer: "/id" },
    noEffect: { status: 404, sign: "present", pointer: "/error/code" },
    answer: null,
  };
  assert.deepEqual(read('{"id":"p1"}', 200, plan), { kind: "yes", answer: null });
  assert.deepEqual(read('{"error":{"code":"not_found"}}', 404, plan), { kind: "no" });
});

test("an effect is proved even where its answer is not in the proof: then none is kept", () => {
  const plan: QuestionPlan = { ...PLAN, answer: { status: 201, pointer: "/payment" } };
  assert.deepEqual(read('{"data":[{}]}', 200, plan), { kind: "yes", answer: null });
});
