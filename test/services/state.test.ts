import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { cacheFolder, stateFile } from "../../tools/services/folders.ts";
import { alone } from "../../tools/services/lock.ts";
import { identityOf } from "../../tools/services/process/identity.ts";
import { urlOf } from "../../tools/services/running.ts";
import { drop, type Entry, entries, entryOf, put } from "../../tools/services/state.ts";

const folder = mkdtempSync(join(tmpdir(), "semel-state-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const redis: Entry = { name: "redis", url: "redis://127.0.0.1:1", folder: null, processes: [] };

test("what is written down is found, replaced by its name, and dropped", () => {
  const file = join(folder, "deep/state.json");
  assert.deepEqual(entries(file), []);
  put(redis, file);
  put({ ...redis, name: "kafka" }, file);
  put({ ...redis, url: null }, file);
  assert.deepEqual(
    entries(file).map(({ name }) => name),
    ["kafka", "redis"],
  );
  assert.equal(entryOf("redis", file)?.url, null);
  drop("redis", file);
  assert.equal(entryOf("redis", file), null);
  assert.deepEqual(readdirSync(join(folder, "deep")), ["state.json"]);
});

test("a damaged state is told, not taken for none: servers would be left running", () => {
  const file = join(folder, "damaged.json");
  writeFileSync(file, "[{");
  assert.throws(() => entries(file), /damaged/);
});

test("each checkout has a state of its own, outside of it", () => {
  const env = { XDG_CACHE_HOME: folder };
  assert.notEqual(stateFile(env, "one"), stateFile(env, "two"));
  assert.equal(stateFile(env, "one"), stateFile(env, "one"));
  assert.ok(stateFile(env, "one").startsWith(cacheFolder(env)));
});

test("two commands do not start and stop at once, and one that was interrupted is in nobody's way", async () => {
  const file = join(folder, "lock");
  await alone(file, async () => {
    await assert.rejects(
      alone(file, async () => {}),
      new RegExp(`Process ${process.pid} starts or stops servers`),
    );
  });
  writeFileSync(file, JSON.stringify({ ...identityOf(process.pid), born: "earlier" }));
  assert.equal(await alone(file, async () => "done"), "done");
});

test("a server that the environment names is used instead of one that was started", async () => {
  process.env["SEMEL_TEST_KAFKA"] = "kafka://elsewhere:9092";
  assert.equal(await urlOf("kafka"), "kafka://elsewhere:9092");
  delete process.env["SEMEL_TEST_KAFKA"];
});
