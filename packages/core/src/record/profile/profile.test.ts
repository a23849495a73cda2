import assert from "node:assert/strict";
import { test } from "node:test";
import { PROFILES } from "./profiles.ts";
import { SITUATIONS, type Situation } from "./situation.ts";

/** status, retryable, Retry-After, Stripe-Should-Retry: what the pages promise clients, by hand. */
type Cells = [status: number | "pass", ...string[]];
const TABLE: Record<Situation, { ietf: Cells; stripe: Cells }> = {
  missing: { ietf: [400], stripe: ["pass"] },
  malformed: { ietf: [400], stripe: [400, "no"] },
  mismatch: { ietf: [422], stripe: [400, "no"] },
  conflict: { ietf: [409, "retryable", "Retry-After"], stripe: [409, "retryable", "yes"] },
  pending: { ietf: [409, "retryable", "Retry-After"], stripe: [409, "retryable", "yes"] },
  inDoubt: { ietf: [409], stripe: [409, "no"] },
  expired: { ietf: [410], stripe: [410, "no"] },
  notRetained: { ietf: [410], stripe: [410, "no"] },
  erased: { ietf: [410], stripe: [410, "no"] },
  unavailable: { ietf: [503, "retryable", "Retry-After"], stripe: [503, "retryable", "yes"] },
  upstreamAmbiguous: { ietf: [502, "retryable", "Retry-After"], stripe: [502, "retryable", "yes"] },
  upstreamTimeout: { ietf: [504, "retryable", "Retry-After"], stripe: [504, "retryable", "yes"] },
};

for (const name of ["ietf", "stripe"] as const) {
  test(`${name} shows clients what the published table says`, () => {
    const profile = PROFILES.get(name);
    assert.ok(profile);
    for (const situation of SITUATIONS) {
      const row = profile.rows[situation];
      const cells: Cells = [row.status];
      if (row.status !== "pass") {
        if (row.retryable) cells.push("retryable");
        if (row.retryAfter) cells.push("Retry-After");
        if (row.shouldRetry !== null) cells.push(row.shouldRetry ? "yes" : "no");
      }
      assert.deepEqual(cells, TABLE[situation][name], situation);
    }
  });
}

test("a profile is known by the name in the configuration and says which text it follows", () => {
  assert.deepEqual([...PROFILES.keys()], ["ietf", "stripe"]);
  assert.deepEqual(
    [...PROFILES.values()].map(({ version }) => version),
    ["ietf-07", "stripe-v1"],
  );
});

test("every row of every profile cites its source", () => {
  for (const { name, rows } of PROFILES.values()) {
    for (const [situation, { source }] of Object.entries(rows)) assert.ok(source.length > 10, `${name}, ${situation}`);
  }
});

test("no profile invites a client to repeat what another try cannot settle", () => {
  for (const { name, rows } of PROFILES.values()) {
    for (const situation of SITUATIONS) {
      const row = rows[situation];
      if (row.status === "pass") continue;
      assert.ok(row.retryable || (!row.retryAfter && row.shouldRetry !== true), `${name}, ${situation}`);
      if (row.shouldRetry !== null) assert.equal(row.shouldRetry, row.retryable, `${name}, ${situation}`);
    }
  }
});

test("requests for two accounts of a platform are two keys, and another API version is another request", () => {
  assert.deepEqual(PROFILES.get("stripe")?.scopeHeaders, ["Stripe-Account", "Stripe-Context"]);
  assert.deepEqual(PROFILES.get("stripe")?.fingerprintHeaders, ["Stripe-Version"]);
});
