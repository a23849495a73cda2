import assert from "node:assert/strict";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadConfig, namesOf } from "@semel/gateway/config";
import picocolors from "picocolors";
import { check } from "./check.ts";

const FILE = `version: 1
accounts: single
upstreams:
  bank:
    url: http://127.0.0.1:7302
    answersWithin: 20s
    recover: { repeat: { window: 24h } }
defaults: { retain: 2d }
routes:
  - match: POST /payments
    upstream: bank
    clientTimeout: 60s
`;
const WORLD = { env: {}, colors: picocolors.createColors(false), acceptRenames: false };
const ACCEPTS = { ...WORLD, acceptRenames: true };

async function fileWith(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "semel-check-"));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, "semel.yaml");
  await writeFile(path, text);
  return path;
}

/** As the gateway does at its start. */
async function writeNames(path: string): Promise<string> {
  const snapshot = join(path, "../semel.db.names.json");
  await writeFile(snapshot, JSON.stringify(namesOf(await loadConfig(path, {}))));
  return snapshot;
}

test("a good file is told as what it promises, and where each value comes from", async (t) => {
  const path = await fileWith(t, FILE);
  const { exitCode, text } = await check(path, WORLD);
  assert.equal(exitCode, 0);
  assert.match(text, /^POST \/payments -> bank \(http:\/\/127\.0\.0\.1:7302\/\)$/m);
  assert.match(text, /^ {2}exactly once\. A request whose answer was lost is repeated/m);
  assert.match(text, /^ {4}- bank honours a key for 24h from its first send/m);
  assert.match(text, /^ {4}proved {3}bank answers within 20s < deadline 30s$/m);
  assert.match(text, /^ {4}proved {3}deadline 30s < lease 37s$/m);
  assert.match(text, /^ {4}proved {3}sendWithin \+ deadline 32s < client's timeout 1m$/m);
  assert.match(text, /^ {4}retain +2d +defaults line 8$/m);
  assert.match(text, /^ {4}clientTimeout +1m +route line 12$/m);
  assert.match(text, /^ {4}key\.headers +idempotency-key +profile ietf$/m);
  assert.match(text, /^ {4}upstream\.recover\.repeat\.window +24h +upstream line 7$/m);
  assert.match(text, /^ {4}horizon +30d +built-in$/m);
  assert.match(text, /^warning: .*secrets are left out: semel dev makes them, semel start needs them$/m);
});

test("what nobody declared has no origin, whichever time it is", async (t) => {
  const upstream = FILE.replace(/^.*answersWithin.*\n/m, "").replace(/^.*clientTimeout.*\n/m, "");
  const { text } = await check(await fileWith(t, upstream), WORLD);
  for (const name of ["clientTimeout", "upstream.answersWithin", "upstream.recover.ask.settleAfter"]) {
    assert.match(text, new RegExp(`^ {4}${name.replaceAll(".", "\\.")} +undeclared +undeclared$`, "m"));
  }
});

test("every value in force has its origin", async (t) => {
  const path = await fileWith(t, FILE);
  const config = await loadConfig(path, {});
  const { text } = await check(path, WORLD);
  for (const name of config.provenance.get("POST /payments")!.keys()) {
    if (["percent", "respondAsync"].includes(name)) continue;
    assert.match(text, new RegExp(`^ {4}${name.replaceAll(".", "\\.")} `, "m"));
  }
});

test("a bad file is told by file and line, and nothing else", async (t) => {
  const path = await fileWith(t, FILE.replace("retain: 2d", "retain: 2y").replace("upstream: bank", "upstrem: bank"));
  const { exitCode, text } = await check(path, WORLD);
  assert.equal(exitCode, 2);
  assert.deepEqual(text.split("\n"), [
    `${path}:8: defaults.retain is "2y", and must be a time, such as 250ms, 30s, 15m, 24h or 30d`,
    `${path}:10: routes[0].upstream is missing`,
    `${path}:11: routes[0].upstrem is unknown: did you mean "upstream"?`,
  ]);
});

test("times that contradict each other are shown, and are no success", async (t) => {
  const { exitCode, text } = await check(
    await fileWith(t, FILE.replace("answersWithin: 20s", "answersWithin: 40s")),
    WORLD,
  );
  assert.equal(exitCode, 1);
  assert.match(text, /^ {4}broken {3}bank answers within 40s < deadline 30s; otherwise slow answers/m);
});

test("a change that renames keys is refused, with what to do", async (t) => {
  const path = await fileWith(t, FILE);
  await writeNames(path);
  assert.equal((await check(path, WORLD)).exitCode, 0, "nothing changed yet");
  await writeFile(path, FILE.replace("POST /payments", "POST /pay"));
  const { exitCode, text } = await check(path, WORLD);
  assert.equal(exitCode, 2);
  const [rename, advice] = text.split("\n");
  assert.match(rename!, /semel\.yaml: Requests of route POST \/payments .* pass through untouched.* Keep the route\.$/);
  assert.equal(
    advice,
    `If that is meant, \`semel check -c ${path} --accept-renames\` says what it means for retries, and accepts it.`,
  );
});

test("a snapshot that is damaged is no licence to rename", async (t) => {
  const path = await fileWith(t, FILE);
  await writeFile(await writeNames(path), '{"format":1');
  const { exitCode, text } = await check(path, WORLD);
  assert.equal(exitCode, 2);
  assert.match(text, /semel\.db\.names\.json is not a snapshot of names that this version wrote\. Restore it/);
  const accepted = await check(path, ACCEPTS);
  assert.deepEqual(accepted, { exitCode, text }, "nobody can say which keys it would rename");
});

test("renames that are meant are accepted: which keys, what it means for retries, and then they are the names", async (t) => {
  const path = await fileWith(t, FILE);
  const snapshot = await writeNames(path);
  await writeFile(
    path,
    FILE.replace("POST /payments", "POST /pay").replace("clientTimeout", "retryWithin: 6h\n    clientTimeout"),
  );
  const { exitCode, text } = await check(path, ACCEPTS);
  assert.equal(exitCode, 0, text);
  assert.match(
    text,
    /^Accepted: these keys are renamed\.\n {2}- Requests of route POST \/payments .* would be new\.\n/,
  );
  assert.match(
    text,
    /taken for a first request and may\nrun again, .* until clients retry nothing from before: 6h \(retryWithin\)/,
  );
  assert.match(text, /^Recorded in .*semel\.db\.names\.json\. From now on `semel start -c .*semel\.yaml` starts/m);
  assert.match(text, /^POST \/pay -> bank/m, "the report follows");
  assert.equal((await stat(snapshot)).mode & 0o777, 0o600);
  assert.equal((await check(path, WORLD)).exitCode, 0);
  await writeFile(path, FILE);
  assert.equal((await check(path, WORLD)).exitCode, 2, "the old names are the foreign ones now");
});

test("where no key is renamed there is nothing to accept, and nothing is written", async (t) => {
  const path = await fileWith(t, FILE);
  assert.match((await check(path, ACCEPTS)).text, /^No key is renamed: nothing was started with this store yet\.\n\n/);
  const snapshot = await writeNames(path);
  const before = (await stat(snapshot)).mtimeMs;
  assert.match((await check(path, ACCEPTS)).text, /^No key is renamed: nothing had to be accepted\.\n\n/);
  assert.equal((await stat(snapshot)).mtimeMs, before);
});

test("another naming secret cannot be accepted, and a file without secrets does not forget which it was", async (t) => {
  const secrets = (naming: string): string => `secrets:
  naming: \${env:${naming}}
  fingerprint: { current: f, keys: { f: "\${env:F}" } }
  sealing: { current: f, keys: { f: "\${env:F}" } }
`;
  const env = { A: "a".repeat(32), B: "b".repeat(32), F: "f".repeat(32) };
  const path = await fileWith(t, FILE + secrets("A"));
  const snapshot = join(path, "../semel.db.names.json");
  await writeFile(snapshot, JSON.stringify(namesOf(await loadConfig(path, env))));
  await writeFile(path, FILE.replace("POST /payments", "POST /pay") + secrets("B"));
  const refused = await check(path, { ...ACCEPTS, env });
  assert.equal(refused.exitCode, 2);
  assert.match(refused.text, /put the old one back, or begin with a new store\.$/m);
  assert.match(refused.text, /As long as the naming secret is another one, nothing of this can be accepted\.$/);
  await writeFile(path, FILE.replace("POST /payments", "POST /pay"));
  assert.equal((await check(path, ACCEPTS)).exitCode, 0);
  await writeFile(path, FILE.replace("POST /payments", "POST /pay") + secrets("B"));
  assert.equal((await check(path, { ...WORLD, env })).exitCode, 2);
});

test("accounts that are credentials are warned of", async (t) => {
  const text = FILE.replace("accounts: single", "accounts: { credential: authorization }").replace(
    "    url:",
    "    key: derived\n    url:",
  );
  const checked = await check(await fileWith(t, text), WORLD);
  assert.equal(checked.exitCode, 0);
  assert.match(
    checked.text,
    /^warning: .*semel\.yaml:2: accounts names accounts by their credential: whoever rotates it renames/m,
  );
});

test("a file that is not there is said by its name", async () => {
  assert.deepEqual(await check("/nowhere/semel.yaml", WORLD), {
    exitCode: 2,
    text: "/nowhere/semel.yaml:1: cannot be read (ENOENT). Create it, or correct the path",
  });
});
