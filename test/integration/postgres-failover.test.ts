import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import {
  type Fence,
  type Instant,
  instant,
  type RecordKey,
  type Row,
  type StoreError,
  type Swap,
} from "@semel/core/record";
import { AuthorityWatch, type Loss, openAuthority } from "@semel/core/store/authority";
import { migratePostgres, type PostgresStore, postgresStore } from "@semel/core/store/postgres";
import { noProgram, run, Servers } from "./postgres-server.ts";

const later = (ms: number, call: () => void): (() => void) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};
const clock = { now: () => Date.now() as Instant, monotonicMs: () => performance.now(), later };
const random = (): string => randomBytes(10).toString("hex");

function claim(name: string): Swap {
  const key = name.padEnd(43, "-") as RecordKey;
  const next: Row = { key, fence: randomBytes(16).toString("hex") as Fence, dueAt: instant(1), doc: randomBytes(40) };
  return { key, expect: null, next, publish: null };
}

/** Both hosts in one url: whichever is the primary is worked with. */
function both(a: string, b: string): string {
  return `postgres://semel@${new URL(a).host},${new URL(b).host}/semel`;
}

async function watchOn(store: PostgresStore, losses: Loss[]): Promise<AuthorityWatch> {
  const opened = await openAuthority(store, { check: "c", identity: () => "id", random });
  const lost = (loss: Loss): void => void losses.push(loss);
  const watch = new AuthorityWatch({ store, opened, clock, random, retryWithinMs: 3_600_000, lost });
  await watch.look();
  return watch;
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return await call.then(
    () => "answered",
    (error: unknown) => (error as StoreError).code,
  );
}

/** A primary that was just lost is noticed by the connection that breaks; the next one leads to what is there now. */
async function settled(store: PostgresStore): Promise<string> {
  for (;;) {
    const code = await codeOf(store.read("nobody".padEnd(43, "-") as RecordKey));
    if (code !== "in_doubt") return code;
  }
}

describe("a store on PostgreSQL that loses its primary", { skip: noProgram }, () => {
  test("to a standby that was behind: it writes nothing until it is told, and the loss lies within the quarantine", async () => {
    await using servers = new Servers();
    const primary = await servers.start();
    await migratePostgres(primary.url);
    const standby = await servers.start({ standbyOf: primary });
    const url = both(primary.url, standby.url);
    const [store, other] = [await postgresStore({ url }), await postgresStore({ url })];
    const losses: Loss[] = [];
    const watch = await watchOn(store, losses);
    assert.equal((await store.swap(claim("kept"))).won, true);
    await caughtUp(primary.url, standby.url);

    // The copy's own file names its primary, and wins over any other.
    await run(standby.url, "ALTER SYSTEM SET primary_conninfo = ''");
    await run(standby.url, "SELECT pg_reload_conf()");
    await untilAlone(primary.url);
    const lostAt = Date.now();
    const lost = claim("lost");
    assert.equal((await store.swap(lost)).won, true, "acknowledged by the primary, and nowhere else");
    await primary.nodes[0]!.kill();
    await standby.promote();

    assert.equal(await settled(store), "unavailable");
    assert.equal(await codeOf(store.swap(claim("new"))), "unavailable", "nothing is written into a history untold");
    await watch.look();
    const quarantine = watch.quarantine()!;
    assert.ok(quarantine.since <= lostAt && lostAt - quarantine.since < 90_000, "the loss began after the last mark");
    assert.ok(quarantine.until >= Date.now());
    assert.equal(watch.authority.epoch, 2);
    assert.match(losses[0]!.why, /^the store's history is \d+\/00000002\/\d+ and was \d+\/00000001\/\d+$/);

    assert.equal(await store.read(lost.key), null, "the loss is real");
    assert.equal((await store.swap(claim("new"))).won, true, "and the store works on");
    assert.equal(await settled(other), "unavailable", "another process has not been told yet");
    assert.equal(await codeOf(other.swap(claim("other"))), "unavailable");
    await other.lineage();
    assert.equal((await other.swap(claim("other"))).won, true);
    await Promise.all([store.close(), other.close()]);
  });

  test("that is still up: nothing is read from it any more once the store was told of its successor", async () => {
    await using servers = new Servers();
    const old = await servers.start();
    await migratePostgres(old.url);
    const standby = await servers.start({ standbyOf: old });
    // The successor stands first, so that a new connection finds it.
    const store = await postgresStore({ url: both(standby.url, old.url) });
    const kept = claim("kept");
    await store.swap(kept);
    await caughtUp(old.url, standby.url);
    await standby.promote();
    await store.lineage();
    const later = claim("later");
    assert.equal((await store.swap(later)).won, true);
    assert.equal((await store.read(later.key))?.fence, later.next.fence, "not by the connection of before");
    assert.equal((await run(old.url, "SELECT count(*)::int AS n FROM semel.record")).rows[0].n, 1);
    await store.close();
  });

  test("with a synchronous standby it survives a failover, says so, and loses nothing", async () => {
    await using servers = new Servers();
    const primary = await servers.start();
    await migratePostgres(primary.url);
    const standby = await servers.start({ standbyOf: primary, isSynchronous: true });
    const store = await postgresStore({ url: both(primary.url, standby.url) });
    assert.equal(store.guarantees.survives, "failover");
    const claims = Array.from({ length: 50 }, (_, at) => claim(`k${at}`));
    const swapping = Promise.all(claims.map(async (swap) => [swap, await codeOf(store.swap(swap))] as const));
    await primary.nodes[0]!.kill();
    await standby.promote();
    const acknowledged = (await swapping).filter(([, code]) => code === "answered");
    await settled(store);
    await store.lineage();
    for (const [{ key, next }] of acknowledged) assert.equal((await store.read(key))?.fence, next.fence);
    await store.close();
  });

  test("and gets it back after a crash: the history is the same, and all that was acknowledged is there", async () => {
    await using servers = new Servers();
    const server = await servers.start();
    await migratePostgres(server.url);
    const store = await postgresStore({ url: server.url });
    const losses: Loss[] = [];
    const watch = await watchOn(store, losses);
    const claims = Array.from({ length: 400 }, (_, at) => claim(`k${at}`));
    const swapping = Promise.all(claims.map(async (swap) => [swap, await codeOf(store.swap(swap))] as const));
    await server.nodes[0]!.kill();
    const told = await swapping;
    assert.ok(told.every(([, code]) => code !== "refused"));
    await server.nodes[0]!.start();
    while ((await codeOf(watch.look())) !== "answered") await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual([losses, watch.quarantine()], [[], null]);
    for (const [{ key, next }, code] of told) {
      const row = await store.read(key);
      if (code === "answered") assert.equal(row?.fence, next.fence);
      if (code === "unavailable") assert.equal(row, null, "proved: nothing was written");
    }
    await store.close();
  });

  test("a server that does not flush survives a crash of its process, and one that answers from memory says node loss", async () => {
    await using servers = new Servers();
    const server = await servers.start({ settings: { fsync: "off" } });
    await migratePostgres(server.url);
    assert.equal(await survival(server.url), "process-crash");
    await server.set({ fsync: "on", synchronous_standby_names: "nobody" });
    await run(server.url, "SELECT pg_sleep(0.2)");
    assert.equal(await survival(server.url), "failover");
    await server.set({ fsync: "on", synchronous_standby_names: "nobody", synchronous_commit: "remote_write" });
    await run(server.url, "SELECT pg_sleep(0.2)");
    assert.equal(await survival(server.url), "node-loss");
  });

  test("a wait for the standby that somebody cancels is in doubt: the row is here, and perhaps nowhere else", async () => {
    await using servers = new Servers();
    const server = await servers.start();
    await migratePostgres(server.url);
    const store = await postgresStore({ url: server.url });
    await server.set({ synchronous_standby_names: "nobody" });
    await run(server.url, "SELECT pg_sleep(0.2)");
    const swapped = codeOf(store.swap(claim("a")));
    await until(async () => {
      const { rows } = await run(
        server.url,
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`,
      );
      return rows.length > 0;
    });
    assert.equal(await swapped, "in_doubt");
    await server.set({ synchronous_standby_names: "" });
    await store.close();
  });
});

async function survival(url: string): Promise<string> {
  const store = await postgresStore({ url });
  await store.close();
  return store.guarantees.survives;
}

async function caughtUp(primary: string, standby: string): Promise<void> {
  const { rows } = await run(primary, "SELECT pg_current_wal_lsn() AS lsn");
  await until(
    async () =>
      (await run(standby, `SELECT pg_last_wal_replay_lsn() >= '${rows[0].lsn}' AS is_there`)).rows[0].is_there,
  );
}

async function untilAlone(primary: string): Promise<void> {
  await until(async () => (await run(primary, "SELECT 1 FROM pg_stat_replication")).rows.length === 0);
}

const UNTIL_MS_MAX = 30_000;

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const endsAt = Date.now() + UNTIL_MS_MAX; !(await isSo()); ) {
    if (Date.now() > endsAt) throw new Error(`It did not come to be in ${UNTIL_MS_MAX} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
