import assert from "node:assert/strict";
import { test } from "node:test";
import { type ErrorAnswer, errorAnswer, type Facts, NO_FACTS, problemPath } from "./problem.ts";
import { PROBLEMS } from "./problem-text.ts";
import { IETF } from "./profile/ietf.ts";
import { PROFILES } from "./profile/profiles.ts";
import { SITUATIONS, type Situation } from "./profile/situation.ts";
import { STRIPE } from "./profile/stripe.ts";
import type { Outcome, RecordKey } from "./record.ts";

const RUN = "R".repeat(43) as RecordKey;
const OUTCOME: Outcome = { sense: "success", status: 201, source: "upstream", digest: "abc" };

type Told = ErrorAnswer & { kind: "error" };
function told(profile: typeof IETF, situation: Situation, facts: Partial<Facts> = {}): Told {
  const answer = errorAnswer(profile, situation, { ...NO_FACTS, ...facts });
  assert.ok(answer.kind === "error");
  return answer;
}
const bodyOf = ({ body }: Told): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;

test("an error is a problem with a type that resolves, a stable code, and a word on retrying", () => {
  const answer = told(IETF, "conflict", { run: RUN });
  assert.equal(answer.contentType, "application/problem+json");
  assert.deepEqual(bodyOf(answer), {
    type: "/.well-known/idempotency/problems/conflict",
    title: "A request is outstanding for this Idempotency-Key",
    status: 409,
    detail: `${PROBLEMS.conflict.happened} ${PROBLEMS.conflict.advice}`,
    code: "conflict",
    retryable: true,
    run: RUN,
  });
});

test("Stripe's clients find the error where they look for it", () => {
  const answer = told(STRIPE, "mismatch");
  const body = bodyOf(answer);
  assert.equal(answer.contentType, "application/json");
  assert.equal(answer.shouldRetry, false);
  assert.deepEqual(body["error"], { type: "idempotency_error", code: "mismatch", message: body["detail"] });
  assert.equal(body["type"], problemPath("mismatch"));
  assert.equal(body["status"], 400);
  assert.equal((bodyOf(told(STRIPE, "unavailable"))["error"] as { type: string }).type, "api_error");
});

test("every situation has an error in every profile, whose body says what its status line says", () => {
  for (const profile of PROFILES.values()) {
    for (const situation of SITUATIONS) {
      const answer = errorAnswer(profile, situation, NO_FACTS);
      if (answer.kind === "pass") continue;
      const body = bodyOf(answer);
      assert.equal(body["status"], answer.status);
      assert.equal(body["retryable"], answer.retryable);
      assert.equal("error" in body, profile.dialect === "stripe", `${profile.name}, ${situation}`);
    }
  }
});

test("a request without a key passes where the profile lets it, marked as ignored", () => {
  assert.deepEqual(errorAnswer(STRIPE, "missing", NO_FACTS), { kind: "pass", word: "ignored" });
  assert.equal(told(IETF, "missing").word, null);
});

test("whoever comes too late for the answer learns how the first request ended, or that nobody knows", () => {
  for (const situation of ["expired", "notRetained"] as const) {
    const body = bodyOf(told(IETF, situation, { outcome: OUTCOME }));
    assert.deepEqual(body["outcome"], OUTCOME);
    assert.match(String(body["detail"]), /ended in success, with status 201\./);
    assert.equal(bodyOf(told(IETF, situation))["outcome"], null);
    assert.match(String(bodyOf(told(IETF, situation))["detail"]), /not remembered/);
  }
  assert.ok(!("outcome" in bodyOf(told(IETF, "conflict", { outcome: OUTCOME }))));
});

test("who saw the upstream fail is told to retry only while another try can settle it", () => {
  for (const situation of ["upstreamAmbiguous", "upstreamTimeout"] as const) {
    const hopeful = told(STRIPE, situation);
    assert.deepEqual([hopeful.word, hopeful.retryable, hopeful.shouldRetry], ["pending", true, true]);
    const doubtful = told(STRIPE, situation, { inDoubt: true });
    assert.deepEqual([doubtful.word, doubtful.retryable, doubtful.shouldRetry], ["in-doubt", false, false]);
    assert.equal(doubtful.status, hopeful.status);
    assert.match(String(bodyOf(doubtful)["detail"]), /Do not send it again/);
    assert.deepEqual(told(IETF, situation, { inDoubt: true }).retryAfter, false);
  }
});

test("the reason of a refusal is the detail", () => {
  assert.equal(bodyOf(told(IETF, "malformed", { why: "Use a UUID." }))["detail"], "Use a UUID.");
});

test("names and codes of problems are unique, and never change", () => {
  const codes = SITUATIONS.map((situation) => PROBLEMS[situation].code);
  assert.deepEqual(codes, [
    "key_missing",
    "malformed",
    "mismatch",
    "conflict",
    "pending",
    "in_doubt",
    "expired",
    "not_retained",
    "erased",
    "unavailable",
    "upstream_ambiguous",
    "upstream_timeout",
  ]);
  assert.deepEqual(
    SITUATIONS.map((situation) => PROBLEMS[situation].name),
    codes.map((code) => code.replace(/_/g, "-")),
  );
});

test("a problem says what happened and what to do", () => {
  for (const { happened, advice, title } of Object.values(PROBLEMS)) {
    for (const text of [happened, advice]) assert.match(text, /^[A-Z].*\.$/);
    assert.doesNotMatch(title, /\.$/);
  }
});

test("the titles are those of the IETF draft where it gives them", () => {
  const titles = (["missing", "mismatch", "conflict"] as const).map((situation) => PROBLEMS[situation].title);
  assert.deepEqual(titles, [
    "Idempotency-Key is missing",
    "Idempotency-Key is already used",
    "A request is outstanding for this Idempotency-Key",
  ]);
});
