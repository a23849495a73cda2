import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../../packages/cli/src/command.ts";
import { keys } from "../../packages/cli/src/keys/command.ts";
import { printable } from "../../packages/cli/src/keys/text.ts";
import type { Token } from "../../packages/gateway/src/admin/options.ts";
import { ANA, BO, Harness, QUICK, SETTLED_MS, VIC } from "./harness.ts";

type Said = Readonly<{ code: number; out: string; err: string }>;

async function say(it: Harness, token: Token, ...argv: string[]): Promise<Said> {
  let out = "";
  let err = "";
  const io = {
    out: (text: string): void => {
      out += `${text}\n`;
    },
    err: (text: string): void => {
      err += `${text}\n`;
    },
    env: { SEMEL_ADMIN_TOKEN: token.secret },
    now: Date.now,
  };
  return { code: await keys([...argv, "--admin", it.adminUrl], io), out, err };
}

describe("semel keys", () => {
  test("leads an operator from the list through the run to its answer", async () => {
    await using it = await Harness.start();
    const folder = mkdtempSync(join(tmpdir(), "semel-keys-"));
    const file = join(folder, "answer.json");
    const headers = { "Content-Type": "application/json" };
    writeFileSync(file, JSON.stringify({ status: 201, headers, body: { id: "pay_7" } }));
    await it.pay("k0");
    const run = await it.doubt("k1");

    const list = await say(it, VIC, "ls", "--state", "in-doubt");
    assert.equal(list.code, 0);
    assert.match(list.out, /^RUN +STATE +STATUS +ROUTE +ACCOUNT +FIRST SENT\n/);
    assert.match(list.out, new RegExp(`^${run} +in-doubt +POST /payments +a1 +\\d+ s ago$`, "m"));
    assert.equal(list.out.trim().split("\n").length, 2);

    const shown = await say(it, ANA, "show", run);
    assert.match(shown.out, /client's key +k1/);
    assert.match(shown.out, /claimed/);
    assert.match(shown.out, new RegExp(`semel keys resolve ${run} --effect`));
    assert.ok(!(await say(it, VIC, "show", run)).out.includes("client's key  "));

    const args = ["resolve", run, "--effect", "--reason", "in the ledger", "--evidence", "pay_7", "--answer", file];
    const settled = await say(it, ANA, ...args);
    assert.equal(settled.code, 0, settled.err);
    assert.match(settled.out, /^Completed/);
    assert.equal((await it.pay("k1")).text, '{"id":"pay_7"}');
    assert.match((await say(it, ANA, "show", run)).out, /by ana: in the ledger \[pay_7\]/);
    rmSync(folder, { recursive: true });
  });
  test("has a second operator approve what the first one says without evidence", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    const proposed = await say(it, ANA, "resolve", run, "--effect", "--reason", "seen it");
    assert.match(proposed.out, /restart forgets/);
    const command = /keys (resolve \S+ --approve .*)$/m.exec((await say(it, BO, "show", run)).out)![1]!.split(" ");
    assert.ok(proposed.out.includes(`semel keys ${command.join(" ")}\n`));
    const own = await say(it, ANA, ...command);
    assert.equal(own.code, 1);
    assert.match(
      own.err,
      /^semel keys: A second person has to approve: ana proposed this, and cannot approve it too\.\n$/,
    );
    const other = await say(it, BO, "resolve", run, "--approve", "0123456789ab");
    assert.equal(other.code, 1);
    assert.match(other.err, /^semel keys: No such proposal waits for approval: .* propose again\.\n$/);
    assert.equal((await say(it, BO, ...command)).code, 0);
    assert.equal((await it.pay("k1")).status, 410);
  });
  test("says until when no effect cannot be declared, and declares it then", async () => {
    await using it = await Harness.start({ policy: QUICK });
    const lost = await it.pay("k1", { fault: "drop-before" });
    const args = [
      "resolve",
      String(lost.headers["idempotency-run"]),
      "--no-effect",
      "--reason",
      "r",
      "--evidence",
      "e",
    ];
    const early = await say(it, ANA, ...args);
    assert.equal(early.code, 1);
    const why = "What was sent may still take effect: Nobody can say yet that this run had no effect";
    assert.match(early.err, new RegExp(`${why}\\. Nothing was changed\\. Try again after \\d{4}-\\d\\d-\\d\\dT`));
    await sleep(SETTLED_MS);
    const late = await say(it, ANA, ...args);
    assert.equal(late.code, 0, late.err);
    assert.match(late.out, /the next retry of .* runs/);
    assert.equal((await it.pay("k1")).status, 201);
  });
  test("erases, and says how long others may still replay", async () => {
    await using it = await Harness.start();
    const run = String((await it.pay("k1")).headers["idempotency-run"]);
    assert.match((await say(it, ANA, "erase", run, "--reason", "asked for")).out, /60 s/);
    assert.equal((await it.pay("k1")).status, 410);
  });
  test("gives scripts what the API says", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k1");
    assert.equal(JSON.parse((await say(it, VIC, "ls", "--json")).out).keys[0].run, run);
    assert.equal(JSON.parse((await say(it, VIC, "show", run, "--json")).out).state, "in-doubt");
    const args = ["resolve", run, "--effect", "--reason", "r", "--evidence", "e", "--json"];
    assert.equal(JSON.parse((await say(it, ANA, ...args)).out).result, "completed");
  });
  test("follows pages until it has what was asked for", async () => {
    await using it = await Harness.start();
    const run = await it.doubt("k0");
    for (let at = 1; at <= 5; at += 1) await it.pay(`k${at}`);
    const list = await say(it, VIC, "ls", "--state", "in-doubt", "--limit", "1");
    assert.ok(list.out.includes(run));
    const first = await say(it, VIC, "ls", "--limit", "2");
    assert.match(first.out, /There may be more: add --cursor \S+/);
  });
});

describe("semel keys refuses", () => {
  test("with one sentence and an exit code of its own", async () => {
    await using it = await Harness.start();
    const unknown = await say(it, VIC, "show", "A".repeat(43));
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /^semel keys: The run is unknown: .*\n$/);
    const stranger = await say(it, { ...ANA, secret: "somebody-else-000" }, "ls");
    assert.equal(stranger.code, 1);
    assert.match(stranger.err, /A valid token is needed/);
    const viewer = await say(it, VIC, "erase", "A".repeat(43), "--reason", "r");
    assert.equal(viewer.code, 1);
    assert.match(viewer.err, /vic may look, but not act/);
    const io = { out: () => {}, err: () => {}, env: {}, now: Date.now };
    assert.equal(await keys(["ls", "--admin", it.adminUrl, "--token-file", "/nonexistent"], io), 2);
    const { adminUrl } = it;
    await it.admin.stop();
    const gone = await say({ adminUrl } as Harness, ANA, "ls");
    assert.equal(gone.code, 3);
    assert.match(gone.err, /^semel keys: no gateway answers at http:\/\/127\.0\.0\.1:\d+ \(nothing listens there\)/);
  });
  test("what is not the admin API, and a token that cannot be one", async () => {
    const texts = ["[]", "{}", "hello", '{"keys":7}'];
    const other = createServer((_, response) => response.end(texts.shift())).listen(0, "127.0.0.1");
    await once(other, "listening");
    const adminUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    while (texts.length > 0) {
      const { code, err } = await say({ adminUrl } as Harness, ANA, "ls");
      assert.deepEqual([code, /with status 200 is not Semel's admin API; say where that is/.test(err)], [3, true], err);
    }
    other.close();
    const broken = await say({ adminUrl } as Harness, { ...ANA, secret: "two\nlines" }, "ls");
    assert.deepEqual([broken.code, broken.err.trim().split("\n").length], [2, 1]);
    assert.match(broken.err, /^semel keys: SEMEL_ADMIN_TOKEN is empty or has characters that no token has/);
  });
  test("words that are wrong before it calls anybody, or looks for a token", async () => {
    const io = { out: () => {}, err: () => {}, env: {}, now: Date.now };
    const run = "A".repeat(43);
    const wrong = [
      [],
      ["remove", run],
      ["show"],
      ["show", "short"],
      ["ls", "--limit", "1000"],
      ["resolve", run, "--reason", "r"],
      ["resolve", run, "--effect", "--no-effect", "--reason", "r"],
      ["resolve", run, "--effect"],
      ["resolve", run, "--effect", "--reason", "r", "--answer", "/nonexistent"],
      ["approve", run],
      ["resolve", run, "--approve", "7"],
      ["resolve", run, "--approve", "0123456789ab", "--effect"],
      ["resolve", run, "--approve", "0123456789ab", "--reason", "r"],
      ["ls", "--admin", "http://gateway.example:7301"],
      ["ls", "--admin", "nonsense"],
    ];
    for (const argv of wrong) await assert.rejects(keys(argv, io), UsageError, argv.join(" "));
    await assert.rejects(keys(["resolve", run, "--efect"], io), { code: "ERR_PARSE_ARGS_UNKNOWN_OPTION" });
  });
});

test("a run that begins with a dash is no option", async () => {
  await using it = await Harness.start();
  const run = `-${"A".repeat(42)}`;
  const shown = await say(it, VIC, "show", run);
  assert.match(shown.err, /The run is unknown/);
  const settled = await say(it, ANA, "resolve", run, "--effect", "--reason", "r", "--evidence", "e");
  assert.match(settled.err, /The run is unknown/);
});

test("what others chose does not move the terminal's cursor", () => {
  assert.equal(printable("a\u001b[2Jb\u009bc"), "a?[2Jb?c");
});
