import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type Fence, instant, type RecordKey, type Row, StoreError, type Swap, type Swapped } from "@semel/core/record";
import { type PostgresStore, postgresStore } from "@semel/core/store/postgres";
import { urlOf } from "../../tools/services/running.ts";
import { dropDatabase, freshPostgres } from "../contract/postgres-fixture.ts";
import { CuttingProxy } from "./cutting-proxy.ts";
import { noServer, run, withClient } from "./postgres-server.ts";

const DUE = instant(1_790_000_000_000);
let keys = 0;

function rowOf(key: RecordKey = `key_${++keys}`.padEnd(43, "-") as RecordKey, doc = randomBytes(40)): Row {
  return { key, fence: randomBytes(16).toString("hex") as Fence, dueAt: DUE, doc };
}

function claimOf(next: Row): Swap {
  return { key: next.key, expect: null, next, publish: null };
}

function replaceOf(old: Row, next: Row): Swap {
  return { key: next.key, expect: old.fence, next, publish: null };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "answered";
  } catch (error) {
    assert.ok(error instanceof StoreError, String(error));
    return error.code;
  }
}

describe("a store on PostgreSQL", { skip: noServer }, () => {
  let server = "";
  let url = "";
  let store: PostgresStore;

  before(async () => {
    server = (await urlOf("postgres"))!;
    url = await freshPostgres(server);
    store = await postgresStore({ url });
  });
  after(async () => {
    await store.close();
    await dropDatabase(server, url);
  });

  test("says that it survives a power loss, because this server flushes what it acknowledges", () => {
    assert.equal(store.guarantees.survives, "power-loss");
  });

  test("where the answer to a swap is lost it is in doubt, and repeated it loses to its own row", async () => {
    await using proxy = await CuttingProxy.start(Number(new URL(url).port));
    const behind = await postgresStore({ url: url.replace(/:\d+\//, `:${proxy.port}/`) });
    const first = rowOf();
    await behind.swap(claimOf(first));
    proxy.deafen();
    const row = rowOf();
    const swapped = codeOf(behind.swap(claimOf(row)));
    await untilThere(store, row.key);
    proxy.cut();
    assert.equal(await swapped, "in_doubt");
    proxy.hear();
    const again = await behind.swap(claimOf(row));
    assert.equal(again.won, false);
    assert.equal(again.won ? null : again.current?.fence, row.fence);
    await behind.close();
  });

  test("a backend that is ended while it works leaves its swap in doubt, not refused", async () => {
    const row = rowOf();
    await holding(url, row, async () => {
      const swapped = codeOf(store.swap(claimOf(row)));
      await untilWaiting(url);
      await run(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
      assert.equal(await swapped, "in_doubt");
    });
    assert.equal((await store.swap(claimOf(row))).won, true);
  });

  test("a key that somebody holds is refused alone, and those beside it are written", async () => {
    const held = rowOf();
    await holding(url, held, async () => {
      const others = Array.from({ length: 20 }, () => rowOf());
      const all = [held, ...others].map((row) => store.swap(claimOf(row)));
      const [refused, ...rest] = await Promise.allSettled(all);
      assert.equal(refused?.status === "rejected" && (refused.reason as StoreError).code, "unavailable");
      assert.ok(rest.every((it) => it.status === "fulfilled" && it.value.won));
    });
    assert.equal((await store.swap(claimOf(held))).won, true, "nothing of the refused one is left behind");
  });

  test("one swap that the server refuses fails alone, wherever it stands in its batch", async () => {
    const bad = Array.from({ length: 3 }, () => rowOf());
    await withTrigger(url, `NEW.key IN (${bad.map(({ key }) => `'${key}'`).join()})`, "23514", async () => {
      const good = Array.from({ length: 40 }, () => rowOf());
      const mixed = [...bad, ...good].toSorted(() => Math.random() - 0.5);
      const outcomes = await Promise.all(mixed.map((row) => codeOf(store.swap(claimOf(row)))));
      for (const [at, row] of mixed.entries()) {
        assert.equal(outcomes[at], bad.includes(row) ? "unavailable" : "answered");
      }
    });
  });

  test("a batch that was chosen to end a deadlock is written again", async () => {
    const row = rowOf();
    await run(url, "CREATE SEQUENCE once");
    await withTrigger(url, "nextval('once') = 1", "40P01", async () => {
      assert.equal((await store.swap(claimOf(row))).won, true);
    });
    assert.equal((await run(url, "SELECT last_value::int FROM once")).rows[0].last_value, 2);
    await run(url, "DROP SEQUENCE once");
  });

  test("a role that is told to use one snapshot a transaction, and not to wait for the disk, changes nothing", async () => {
    const name = new URL(url).pathname.slice(1);
    await run(url, `ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
    await run(url, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    const told = await postgresStore({ url });
    try {
      await raceOf([told, store], 20);
      const row = rowOf();
      await told.swap(claimOf(row));
      const { rows } = await run(
        url,
        "SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn() - 1024 AS flushed",
      );
      assert.equal(rows[0].flushed, true);
    } finally {
      await told.close();
      await run(url, `ALTER DATABASE ${name} RESET ALL`);
    }
  });

  test("two processes that swap the same keys at once: of each round one swap wins, and all see its row", async () => {
    const other = await postgresStore({ url });
    try {
      await raceOf([store, other], 60);
    } finally {
      await other.close();
    }
  });

  test("batches of two processes over the same keys in opposite orders do not wait for each other for ever", async () => {
    const other = await postgresStore({ url });
    try {
      const rows = Array.from({ length: 100 }, () => rowOf());
      await Promise.all(rows.map((row) => store.swap(claimOf(row))));
      for (let round = 0; round < 10; round += 1) {
        const current = await Promise.all(rows.map(({ key }) => store.read(key)));
        const swap = (by: PostgresStore, row: Row | null): Promise<Swapped> =>
          by.swap(replaceOf(row!, rowOf(row!.key)));
        const forth = current.map((row) => swap(store, row));
        const back = current.toReversed().map((row) => swap(other, row));
        const won = (await Promise.all([...forth, ...back])).filter((swapped) => swapped.won);
        assert.equal(won.length, rows.length);
      }
    } finally {
      await other.close();
    }
  });

  test("a clock that was turned back stands still, and goes on where it was", async () => {
    const now = await store.now();
    await run(url, `UPDATE semel.clock SET mark = ${now + 60_000}`);
    assert.equal(await store.now(), now + 60_000);
    const other = await postgresStore({ url });
    assert.equal(await other.now(), now + 60_000);
    await other.close();
    await run(url, "UPDATE semel.clock SET mark = 0");
  });

  test("a table that is not logged survives nothing, and the store says so", async () => {
    const fresh = await freshPostgres(server);
    await run(fresh, "ALTER TABLE semel.record SET UNLOGGED");
    const weak = await postgresStore({ url: fresh });
    assert.equal(weak.guarantees.survives, "nothing");
    await weak.close();
    await dropDatabase(server, fresh);
  });

  test("due rows and pages are read by an index, whatever the planner thinks of an empty table", async () => {
    const plans = await withClient(url, async (client) => {
      const explain = async (sql: string): Promise<string> =>
        JSON.stringify((await client.query(`EXPLAIN ${sql}`)).rows);
      await client.query(`INSERT INTO semel.record (key, fence, due_at, doc)
        SELECT 'bulk' || i, gen_random_uuid(), i, '\\x00' FROM generate_series(1, 30000) AS i`);
      await client.query("ANALYZE semel.record");
      return await explain(
        "SELECT key FROM semel.record WHERE due_at <= 5 AND due_at < 8 AND key <> 'x' ORDER BY due_at LIMIT 4",
      );
    });
    assert.match(plans, /record_due/);
  });
});

/** Round after round, every handle swaps every key on the same fence: exactly one may win. */
async function raceOf(handles: readonly PostgresStore[], rounds: number): Promise<void> {
  const all = Array.from({ length: 8 }, () => rowOf().key);
  const last = new Map<RecordKey, Row | null>(all.map((key) => [key, null]));
  for (let round = 0; round < rounds; round += 1) {
    const tries = handles.flatMap((by) =>
      all
        .toSorted(() => Math.random() - 0.5)
        .map((key) => {
          const [old, next] = [last.get(key) ?? null, rowOf(key)];
          return { key, next, swapped: by.swap(old === null ? claimOf(next) : replaceOf(old, next)) };
        }),
    );
    for (const key of all) {
      const mine = tries.filter((it) => it.key === key);
      const outcomes = await Promise.all(mine.map((it) => it.swapped));
      const won = mine.filter((_, at) => outcomes[at]?.won);
      assert.equal(won.length, 1);
      for (const swapped of outcomes) if (!swapped.won) assert.equal(swapped.current?.fence, won[0]?.next.fence);
      last.set(key, won[0]!.next);
    }
  }
}

/** While `use` runs, a transaction that is not ended holds this key. It writes nothing in the end. */
async function holding(url: string, { key }: Row, use: () => Promise<void>): Promise<void> {
  await withClient(url, async (client) => {
    await client.query("BEGIN");
    await client.query(
      `INSERT INTO semel.record (key, fence, due_at, doc) VALUES ('${key}', gen_random_uuid(), 1, '\\x00')`,
    );
    try {
      await use();
    } finally {
      await client.query("ROLLBACK");
    }
  });
}

async function withTrigger(url: string, condition: string, sqlState: string, use: () => Promise<void>): Promise<void> {
  await run(
    url,
    `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'spoilt' USING ERRCODE = '${sqlState}'; END $$;
     CREATE TRIGGER spoil BEFORE INSERT ON semel.record FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION spoil()`,
  );
  try {
    await use();
  } finally {
    await run(url, "DROP FUNCTION spoil CASCADE");
  }
}

async function untilThere(store: PostgresStore, key: RecordKey): Promise<void> {
  while ((await store.read(key)) === null) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function untilWaiting(url: string): Promise<void> {
  const sql = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
  while ((await run(url, sql)).rows[0].n === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}
