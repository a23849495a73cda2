import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Choice, Harness, VIC } from "../admin/harness.ts";
import { fieldOf } from "../gateway/wire.ts";
import { type Form, IN_BODY, IN_HEADERS, NAUGHTY, type Tried, tryAll } from "./naughty.ts";
import { StrictUpstream } from "./strict-upstream.ts";

/** What a request with a naughty string may be answered: it is carried out, or malformed, or of nobody. */
const ANSWERS = [201, 400, 401];
const WORD = /^[a-zA-Z_][\w:]*(?:\{[^\n]*\})? (?:-?[0-9.]+(?:e[-+]?[0-9]+)?|NaN|\+Inf)$/;

type Tally = Readonly<{ tried: readonly Tried[]; upstream: StrictUpstream; metrics: string; log: string }>;

async function send(forms: readonly Form[], choice: Choice): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), "semel-naughty-"));
  try {
    const logFile = join(folder, "log");
    await using upstream = await StrictUpstream.start();
    let sent: Omit<Tally, "log">;
    {
      await using it = await Harness.start({ ...choice, upstream: upstream.url, logFile });
      const tried = await tryAll(it.url, forms);
      sent = { tried, upstream, metrics: (await it.ask("/metrics", VIC)).text };
    }
    return { ...sent, log: readFileSync(logFile, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is wrong with what came to one string in one form; null: nothing. */
function fault({ first, again }: Tried): string | null {
  if (!ANSWERS.includes(first.status)) return `status ${first.status}`;
  if (again.status !== first.status) return `status ${first.status}, then ${again.status}`;
  if (!again.body.equals(first.body)) return `other bytes: ${first.body.toString()}, then ${again.body.toString()}`;
  if (isUnparsed(first)) return null;
  if (first.status !== 201) return JSON.parse(first.body.toString()).status === first.status ? null : "no problem";
  const told = [first, again].map((answer) => fieldOf(answer, "idempotency-status"));
  return told.join() === "fresh,replayed" ? null : `told ${told.join()}`;
}

/** Control characters: the parser refuses them before there is a request. */
function isUnparsed({ status, body }: Tried["first"]): boolean {
  return status === 400 && body.length === 0;
}

for (const [where, forms, route] of [
  ["header", IN_HEADERS, {}],
  [
    "body",
    IN_BODY,
    {
      key: { headers: [], body: "/key", required: true, format: "any", bytesMax: 255 },
      fingerprint: { body: "json", headers: [] },
    },
  ],
] as const) {
  describe(`with keys in the ${where}, every naughty string in every place`, () => {
    const tally = send(forms, { route });
    test("is carried out once and replayed, or refused in words, alike each time", async () => {
      const { tried } = await tally;
      const wrong = tried.map((each) => [each.name, each.text, fault(each)]).filter(([, , what]) => what !== null);
      assert.deepEqual(wrong, []);
      assert.ok(tried.length > 400 * forms.length, `only ${tried.length} requests`);
    });
    test("reaches the upstream once, as a request by the letter", async () => {
      const { tried, upstream } = await tally;
      assert.deepEqual(upstream.faults, []);
      const cases = upstream.received.map(({ fields }) => fields.get("x-case")![0]!);
      assert.equal(new Set(cases).size, cases.length);
      assert.equal(cases.length, tried.filter(({ first }) => first.status === 201).length);
      for (const { name } of forms) {
        const taken = tried.filter((each) => each.name === name && each.first.status === 201).length;
        assert.ok(
          taken > (name === "nothing but the body" ? -1 : 50),
          `${name}: ${taken} of ${NAUGHTY.length} were taken`,
        );
      }
    });
    test("leaves the log and the metrics readable", async () => {
      const { tried, log, metrics } = await tally;
      const lines = log
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { msg: string });
      const parsed = tried.filter(({ first }) => !isUnparsed(first)).length;
      assert.equal(lines.filter(({ msg }) => msg === "request").length, 2 * parsed);
      assert.ok(parsed > 0.95 * tried.length, `only ${parsed} of ${tried.length} were requests`);
      const samples = metrics.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      assert.deepEqual(
        samples.filter((line) => !WORD.test(line)),
        [],
      );
    });
  });
}

test("an answer that changes, a second effect under one key and a 500 are found", async () => {
  const answer = (status: number, body: string, told: string) => ({
    status,
    headers: ["Idempotency-Status", told],
    body: Buffer.from(body),
    whole: true,
  });
  const tried = (first: ReturnType<typeof answer>, again: ReturnType<typeof answer>): Tried => ({
    name: "",
    text: "",
    first,
    again,
  });
  const fresh = answer(201, "a", "fresh");
  assert.equal(fault(tried(fresh, answer(201, "a", "replayed"))), null);
  for (const again of [answer(201, "b", "replayed"), fresh, answer(500, "a", "replayed")])
    assert.notEqual(fault(tried(fresh, again)), null);
  assert.notEqual(fault(tried(answer(500, "", ""), answer(500, "", ""))), null);
});
