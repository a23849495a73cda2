import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { store } from "../../packages/cli/src/store/command.ts";
import { ANA, Harness, VIC } from "./harness.ts";

type Ran = Readonly<{ code: number; out: string; err: string }>;

async function run(it: Harness, args: string[], token = ANA.secret): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (text: string): void => void out.push(text),
    err: (text: string): void => void err.push(text),
    env: { SEMEL_ADMIN_TOKEN: token },
    now: Date.now,
  };
  const code = await store([...args, "--admin", it.adminUrl], io);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

const LOST = ["fence", "--lost-since", "2026-01-31T12:00:00Z", "--reason", "restored the copy of noon"];

describe("semel store", () => {
  test("status says what the store survives, and that nothing of it is known to be lost", async () => {
    await using it = await Harness.start();
    const { code, out } = await run(it, ["status"], VIC.secret);
    assert.equal(code, 0);
    assert.match(out, /^store {6}memory\nsurvives {3}nothing\n/);
    assert.match(out, /history {4}\(the engine cannot tell: a loss must be declared/);
    assert.match(out, /Nothing of its history is known to be lost\.$/);
  });

  test("fence opens a quarantine: a key that the store does not know is not simply run, and what is stored is replayed", async () => {
    await using it = await Harness.start();
    const paid = await it.pay("k1");
    assert.equal(paid.status, 201);
    const { code, out } = await run(it, LOST);
    assert.equal(code, 0);
    assert.match(out, /^Declared: history since 2026-01-31T12:00:00\.000Z may be lost\.\nUntil .*new payments wait/);
    const unknown = await it.pay("k2");
    assert.equal(unknown.status, 409);
    assert.notEqual(unknown.headers["idempotency-status"], "fresh");
    assert.equal((await it.pay("k1")).text, paid.text);
    assert.deepEqual(
      it.acts.map(({ act, by, result }) => ({ act, by, result })),
      [{ act: "fence", by: "ana", result: "fenced" }],
    );
    const status = await run(it, ["status"]);
    assert.match(
      status.out,
      /what may be lost\n {2}since 2026-01-31T12:00:00\.000Z .* by ana: restored the copy of noon$/,
    );
  });

  test("prune visits what is due", async () => {
    await using it = await Harness.start();
    const { code, out } = await run(it, ["prune"]);
    assert.equal(code, 0);
    assert.match(out, /^Done: \d+ rows? w\w+ visited, and nothing more is due\.$/);
  });

  test("--json is what the admin API says", async () => {
    await using it = await Harness.start();
    const status = JSON.parse((await run(it, ["status", "--json"])).out) as {
      survives: string;
      quarantines: unknown[];
    };
    assert.deepEqual([status.survives, status.quarantines], ["nothing", []]);
    const fenced = JSON.parse((await run(it, [...LOST, "--json"])).out) as { loss: { why: string } };
    assert.equal(fenced.loss.why, "by ana: restored the copy of noon");
  });

  test("who may only look may not declare a loss", async () => {
    await using it = await Harness.start();
    const { code, err } = await run(it, LOST, VIC.secret);
    assert.equal(code, 1);
    assert.match(err, /^semel store: The token's role does not allow this/);
  });

  test("wrong words are refused with what is right", async () => {
    await using it = await Harness.start();
    const wrong: [string[], RegExp][] = [
      [[], /needs one of migrate, status, fence, prune/],
      [["fence", "--reason", "x"], /fence needs --lost-since TIME, such as 2027-01-31T12:00:00Z/],
      [["fence", "--lost-since", "yesterday", "--reason", "x"], /fence needs --lost-since TIME/],
      [["fence", "--lost-since", "2026-01-31T12:00:00", "--reason", "x"], /fence needs --lost-since TIME/],
      [["fence", "--lost-since", "2099-01-31T12:00:00Z", "--reason", "x"], /--lost-since lies in the future/],
      [["fence", "--lost-since", "2026-01-31T12:00:00Z"], /fence needs --reason WHY/],
      [["status", "--reason", "x"], /status takes no --lost-since and no --reason/],
      [["migrate"], /migrate needs a configuration: -c semel\.yaml/],
    ];
    for (const [args, message] of wrong) await assert.rejects(run(it, args), message);
  });
});
