import assert from "node:assert/strict";
import { test } from "node:test";
import type { Word } from "../record/index.ts";
import { outcomes } from "./outcomes.ts";
import { GENERIC } from "./provider.ts";
import { PROVIDERS } from "./providers.ts";
import { STRIPE_PROVIDER } from "./stripe.ts";

const none = (): null => null;
const only = (name: string, value: string) => (asked: string) => (asked === name ? value : null);
const NO_EFFECT = [401, 403, 408, 409, 425, 429];

test("on a first attempt every answer of the operation is final, and every refusal before it had no effect", () => {
  const words = outcomes(GENERIC);
  for (let status = 100; status <= 700; status++) {
    const final = status >= 200 && status <= 500 && !NO_EFFECT.includes(status);
    const expected: Word = NO_EFFECT.includes(status) ? "noEffect" : final ? "final" : "ambiguous";
    assert.equal(words(status, none).notSuspect, expected, String(status));
  }
});

test("for a suspect key only 2xx is final, and all else is ambiguous", () => {
  const words = outcomes(GENERIC);
  for (let status = 100; status <= 700; status++) {
    const expected: Word = status >= 200 && status <= 299 ? "final" : "ambiguous";
    assert.equal(words(status, only("retry-after", "1")).suspect, expected, String(status));
  }
});

test("503 says that nothing was done only together with Retry-After", () => {
  const words = outcomes(GENERIC);
  assert.equal(words(503, none).notSuspect, "ambiguous");
  assert.equal(words(503, only("retry-after", "1")).notSuspect, "noEffect");
  assert.equal(words(502, only("retry-after", "1")).notSuspect, "ambiguous");
});

test("an override counts for its status and its column only", () => {
  const words = outcomes(GENERIC, {
    notSuspect: new Map([[500, "ambiguous"]]),
    suspect: new Map([[402, "final"]]),
  });
  assert.deepEqual(words(500, none), { notSuspect: "ambiguous", suspect: "ambiguous" });
  assert.deepEqual(words(402, none), { notSuspect: "final", suspect: "final" });
  assert.deepEqual(words(501, none), { notSuspect: "ambiguous", suspect: "ambiguous" });
});

test("an answer that Stripe replays counts for a suspect key as for any other", () => {
  const words = outcomes(STRIPE_PROVIDER);
  const replayed = only("idempotent-replayed", "true");
  for (const status of [200, 400, 402, 404, 500]) assert.equal(words(status, replayed).suspect, "final", `${status}`);
  assert.equal(words(429, replayed).suspect, "noEffect");
  assert.equal(words(502, replayed).suspect, "ambiguous");
});

test("without the mark, and for any other upstream, a failure proves nothing about a suspect key", () => {
  assert.equal(outcomes(STRIPE_PROVIDER)(402, none).suspect, "ambiguous");
  assert.equal(outcomes(STRIPE_PROVIDER)(402, only("idempotent-replayed", "false")).suspect, "ambiguous");
  assert.equal(outcomes(GENERIC)(402, only("idempotent-replayed", "true")).suspect, "ambiguous");
});

test("the operator's word for a suspect key counts more than the provider's proof", () => {
  const words = outcomes(STRIPE_PROVIDER, { notSuspect: new Map(), suspect: new Map([[500, "ambiguous"]]) });
  assert.equal(words(500, only("idempotent-replayed", "true")).suspect, "ambiguous");
});

test("a provider is known by its name, and cites what it claims", () => {
  assert.deepEqual([...PROVIDERS.keys()], ["generic", "stripe"]);
  assert.equal(GENERIC.windowMs, null);
  assert.equal(STRIPE_PROVIDER.windowMs, 86_400_000);
  for (const { name, sources, keyHeader } of PROVIDERS.values()) {
    assert.ok(sources.length > 0, name);
    assert.equal(keyHeader, keyHeader.toLowerCase());
  }
});
