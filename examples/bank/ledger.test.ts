import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createBank } from "./bank.ts";
import { call, order } from "./call.ts";
import type { Effect } from "./effect.ts";
import { openJournal } from "./journal.ts";
import { Ledger } from "./ledger.ts";

const main = join(import.meta.dirname, "main.ts");
const effect: Effect = {
  kind: "payment",
  resource: { id: "pay_1", object: "payment", status: "succeeded", ...order, metadata: {}, refunded: 0, createdAt: "" },
  key: "k-1",
  fingerprint: "",
  location: null,
  receivedAt: 0,
  at: 0,
};

const directories: string[] = [];

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "semel-bank-"));
  directories.push(directory);
  return join(directory, "made");
}

after(async () => {
  for (const directory of directories) await rm(directory, { recursive: true });
});

test("a bank that starts again knows its payments, refunds and honoured keys", async () => {
  const dataDir = await newDirectory();
  const first = await createBank({ dataDir, honourKeys: true });
  const paid = await call(`${first.url}/payments`, {
    body: { ...order, metadata: { "2": "b", "1": "a" } },
    key: "k-1",
  });
  const place = paid.headers.location ?? "";
  await call(`${first.url}${place}/refunds`, { body: { amount: 200, reference: "r" }, key: "k-2" });
  const now = await call(`${first.url}${place}`);
  const counted = first.ledger.count();
  await first.close();

  const second = await createBank({ dataDir, honourKeys: true });
  assert.deepEqual(second.ledger.count(), counted);
  assert.equal((await call(`${second.url}${place}`)).text, now.text);
  const body = { ...order, metadata: { "2": "b", "1": "a" } };
  const again = await call(`${second.url}/payments`, { body, key: "k-1" });
  assert.equal(again.text, paid.text);
  assert.equal(again.headers["idempotent-replayed"], "true");
  assert.equal((await call(`${second.url}/payments?key=k-1`)).text, `{"data":[${paid.text}],"hasMore":false}`);
  const rest = await call(`${second.url}${place}/refunds`, { body: { amount: 1001, reference: "r" } });
  assert.equal(rest.status, 422);
  await second.close();
});

test("a killed bank knows every payment that it answered, and the one whose answer it could not send", async () => {
  const dataDir = await newDirectory();
  const child = spawn(process.execPath, [main, "--port", "0", "--data", dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const url = /http:\S+\d/.exec(String(line))?.[0];
  const paying = (index: number, fault?: string) =>
    call(`${url}/payments`, { body: order, key: `k-${index}`, ...(fault && { fault }) });
  const answered = await Promise.all(Array.from({ length: 30 }, (_, index) => paying(index)));
  assert.ok(answered.every(({ status }) => status === 201));
  const unanswered = paying(30, "slow-after=60000");
  while (JSON.parse((await call(`${url}/ledger`)).text).effects < 31);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal((await unanswered).status, null);

  const bank = await createBank({ dataDir });
  const { effects, byKey } = bank.ledger.count();
  assert.equal(effects, 31);
  assert.equal(byKey["k-30"], 1);
  await bank.close();
});

test("an effect is neither seen nor confirmed before it is durable, and never where that fails", async () => {
  let settle: (error: Error | null) => void = () => {};
  const append = () =>
    new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
  const ledger = new Ledger({ append, close: async () => {} });
  const seen = () => ledger.find({ key: "k-1", reference: null, kind: null }).length + ledger.count().effects;
  const failed = ledger.record(effect);
  settle(new Error("disk full"));
  await assert.rejects(failed, /disk full/);
  assert.equal(seen(), 0);
  const recorded = ledger.record(effect);
  assert.equal(seen(), 0);
  settle(null);
  await recorded;
  assert.equal(seen(), 2);
});

test("lines that come while the disk is busy are all written, in their order", async () => {
  const directory = await newDirectory();
  const { journal, path } = await openJournal(directory);
  const written = Array.from({ length: 100 }, (_, index) => `line ${index}`);
  const order: string[] = [];
  await Promise.all(written.map((line) => journal.append(line).then(() => order.push(line))));
  await journal.close();
  assert.deepEqual(order, written);
  assert.equal(await readFile(path, "utf8"), `${written.join("\n")}\n`);
  await assert.rejects(journal.append("after the end"));
});

test("a torn last line is dropped, and the next effect does not touch it", async () => {
  const dataDir = await newDirectory();
  const first = await createBank({ dataDir });
  await call(`${first.url}/payments`, { body: order, key: "k-1" });
  await first.close();
  const path = join(dataDir, "ledger.jsonl");
  await appendFile(path, '{"kind":"payment","resource":{"id":"pay_torn"');

  const second = await createBank({ dataDir });
  assert.equal(second.ledger.effects.length, 1);
  await call(`${second.url}/payments`, { body: order, key: "k-2" });
  await second.close();
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).key),
    ["k-1", "k-2"],
  );
});

test("a broken line that is not the last is an error that names it", async () => {
  const dataDir = await newDirectory();
  await (await createBank({ dataDir })).close();
  await appendFile(join(dataDir, "ledger.jsonl"), "nonsense\n");
  await assert.rejects(createBank({ dataDir }), /ledger\.jsonl, line 1 is not an effect/);
});

test("two refunds at once cannot exceed the payment, though the first is still on its way to the disk", async () => {
  const dataDir = await newDirectory();
  const bank = await createBank({ dataDir });
  const { location } = (await call(`${bank.url}/payments`, { body: order })).headers;
  const refund = () => call(`${bank.url}${location}/refunds`, { body: { amount: 700, reference: "r" } });
  const both = await Promise.all([refund(), refund()]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [201, 422]);
  await bank.close();
});
