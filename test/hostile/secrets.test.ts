import assert from "node:assert/strict";
import { test } from "node:test";
import { canaries, luhn } from "./canaries.ts";
import { Needles } from "./needles.ts";
import { huntSecrets } from "./secrets.ts";

/** Those of test/integration are ten times as many. */
const CUSTOMERS = 1_000;

test(`cards, codes, tokens and keys of ${CUSTOMERS} customers are in no file, log, metric, problem or viewer's page`, async () => {
  await huntSecrets(CUSTOMERS);
});

test("the secrets are what scanners look for, and each is another one", () => {
  assert.equal(luhn("7992739871"), "79927398713");
  const all = canaries(10_000).flatMap(({ card, answered, code, token, key }) => [card, answered, code, token, key]);
  assert.equal(new Set(all).size, 50_000);
});

test("a secret is found wherever it stands, as it is, as base64 and as hex, and nothing else is", () => {
  const [one, two] = canaries(2);
  const needles = new Needles([one!.card, one!.code]);
  for (const [form, count] of [
    ["latin1", 1],
    ["base64", 1],
    ["base64url", 1],
    ["hex", 1],
  ] as const) {
    for (let before = 0; before < 4; before += 1) {
      const bytes = Buffer.from(`${"x".repeat(before)}${one!.card}${"y".repeat(5)}`);
      assert.equal(needles.find(Buffer.from(bytes.toString(form))).length, count, `${form} after ${before}`);
    }
  }
  assert.equal(needles.find(Buffer.from(JSON.stringify(`{${one!.code}}`))).length, 1);
  assert.deepEqual(needles.find(Buffer.from(`${two!.card}${two!.code}${one!.card.slice(0, 15)}`)), []);
});
