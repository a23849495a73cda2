import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stateFile } from "../../tools/services/folders.ts";
import { startPostgres } from "../../tools/services/servers/postgres.ts";
import { ask } from "../../tools/services/servers/postgres-sql.ts";
import { redisAnswers, startRedis } from "../../tools/services/servers/redis.ts";
import { SERVERS } from "../../tools/services/servers/table.ts";
import { entryOf } from "../../tools/services/state.ts";
import { services } from "../services/command.ts";

const scratch = mkdtempSync(join(tmpdir(), "semel-services-test-"));
const world = { XDG_CACHE_HOME: scratch };
after(() => rmSync(scratch, { recursive: true, force: true }));

const skip = absence();

/** Why nothing of this can be tested here; a machine that promises to have the programs fails instead. */
function absence(): string | false {
  const lacking = SERVERS.filter(({ name }) => ["postgres", "redis"].includes(name)).flatMap((kind) => kind.lacks());
  if (lacking.length === 0) return false;
  const why = `${lacking.join(" and ")} not installed: npm run services -- up`;
  if (process.env["SEMEL_REQUIRE_SERVICES"] === "1") throw new Error(why);
  console.error(`SKIPPED: ${why}`);
  return why;
}

/** Beside the others and not in one: PostgreSQL, which is not run by root, has to reach it. */
function folderFor(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `semel-services-test-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("servers come up once, and down stops those that it started alone", { skip }, async () => {
  const stranger = await startRedis({ folder: folderFor("stranger") });
  try {
    const first = services(["up", "postgres", "redis"], world);
    assert.equal(first.code, 0, first.err);
    const entry = entryOf("postgres", stateFile(world));
    assert.equal(await ask(entry!.url!, "SELECT current_setting('fsync')"), "on");

    const second = services(["up", "postgres", "redis"], world);
    assert.equal(second.out.match(/runs already at/g)?.length, 2, second.out);
    assert.deepEqual(entryOf("postgres", stateFile(world)), entry);
    assert.match(services(["status"], world).out, /^postgres +running postgres:[\s\S]*^redis +running redis:/m);

    assert.equal(services(["down"], world).code, 0);
    assert.match(services(["status"], world).out, /^postgres +stopped\nredis +stopped$/m);
    assert.ok(await redisAnswers(stranger.url));
  } finally {
    services(["down"], world);
    await stranger.stop();
  }
});

test("a server that died is started anew", { skip }, async () => {
  try {
    services(["up", "redis"], world);
    const { url, processes } = entryOf("redis", stateFile(world))!;
    process.kill(processes[0]!.pid, "SIGKILL");
    assert.match(services(["status"], world).out, /^redis +stopped: it was started, and does not answer$/m);
    assert.equal(services(["up", "redis"], world).code, 0);
    assert.notEqual(entryOf("redis", stateFile(world))!.url, url);
  } finally {
    services(["down"], world);
  }
});

test("a PostgreSQL that is killed has all that it answered for, and so has its standby", { skip }, async () => {
  const primary = await startPostgres({ folder: folderFor("primary") });
  const standby = await startPostgres({ folder: folderFor("standby"), standbyOf: primary, isSynchronous: true });
  try {
    await ask(primary.url, "CREATE TABLE told AS SELECT 1 AS it");
    await primary.nodes[0]!.kill();
    await standby.promote();
    await ask(standby.url, "INSERT INTO told VALUES (2)");
    assert.equal(await ask(standby.url, "SELECT count(*) FROM told"), "2");

    // It would wait for the standby that left it.
    await primary.nodes[0]!.start();
    await primary.set({ synchronous_standby_names: "" });
    assert.equal(await ask(primary.url, "SELECT count(*) FROM told"), "1");
  } finally {
    await Promise.all([primary.stop(), standby.stop()]);
  }
});

test("a Redis that copies another has what that one had, and keeps it when that one is paused", { skip }, async () => {
  const source = await startRedis({ folder: folderFor("source"), settings: { appendonly: "yes" } });
  const copy = await startRedis({ folder: folderFor("copy"), replicaOf: source });
  try {
    source.nodes[0]!.pause();
    assert.equal(await redisAnswers(source.url), false);
    assert.ok(await redisAnswers(copy.url));
    source.nodes[0]!.resume();
    assert.ok(await redisAnswers(source.url));
  } finally {
    await Promise.all([copy.stop(), source.stop()]);
  }
});
