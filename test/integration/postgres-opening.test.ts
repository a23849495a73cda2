import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { migratePostgres, PostgresOpenError, postgresStore } from "@semel/core/store/postgres";
import { urlOf } from "../../tools/services/running.ts";
import { dropDatabase, emptyPostgres, freshPostgres } from "../contract/postgres-fixture.ts";
import { noServer, run, Servers } from "./postgres-server.ts";

async function refusal(url: string): Promise<string> {
  try {
    const store = await postgresStore({ url });
    await store.close();
    return "opened";
  } catch (error) {
    assert.ok(error instanceof PostgresOpenError, String(error));
    assert.ok(!error.message.includes("hunter2"), "a message shows no password");
    return `${error.code}: ${error.message}`;
  }
}

describe("opening a store on PostgreSQL", { skip: noServer }, () => {
  let server = "";
  let url = "";

  before(async () => {
    server = (await urlOf("postgres"))!;
    url = await freshPostgres(server);
  });
  after(() => dropDatabase(server, url));

  test("a database without tables is refused with the command that makes them", async () => {
    const empty = await emptyPostgres(server);
    const said = "no_tables: The database has no tables of Semel: run: semel store migrate -c semel.yaml";
    assert.equal(await refusal(empty), said);
    await dropDatabase(server, empty);
  });

  test("of many that make the tables at once, one does it and the others find them", async () => {
    const empty = await emptyPostgres(server);
    const all = await Promise.all(Array.from({ length: 5 }, () => migratePostgres(empty)));
    assert.deepEqual(all.map(({ applied }) => applied.length).sort(), [0, 0, 0, 0, 2]);
    assert.deepEqual(await migratePostgres(empty), { before: 2, after: 2, applied: [] });
    assert.equal(await refusal(empty), "opened");
    await dropDatabase(server, empty);
  });

  test("older tables are refused, and newer ones too unless they say that this version still fits", async () => {
    await run(url, "DELETE FROM semel.migration WHERE number = 2");
    assert.match(
      await refusal(url),
      /^older_tables: .* of migration 1 and this Semel needs 2: run: semel store migrate/,
    );
    await run(url, "INSERT INTO semel.migration (number, compatible_from) VALUES (2, 2), (9, 9)");
    assert.match(await refusal(url), /^newer_tables: .* of migration 9, and this Semel knows 2: start the version/);
    await assert.rejects(migratePostgres(url), /of migration 9/);
    await run(url, "UPDATE semel.migration SET compatible_from = 2 WHERE number = 9");
    assert.equal(await refusal(url), "opened");
    await run(url, "DELETE FROM semel.migration WHERE number = 9");
  });

  test("what is wrong with an address is said without what is secret in it", async () => {
    const at = new URL(url).host;
    assert.match(
      await refusal("postgres://semel:hunter2@nowhere"),
      /^bad_url: postgres:\/\/nowhere is no address of a store/,
    );
    assert.match(
      await refusal("postgres://semel:hunter2@127.0.0.1:1/x"),
      /^unreachable: .*ECONNREFUSED.*start it, or correct/,
    );
    assert.match(await refusal(`postgres://semel:hunter2@${at}/nowhere`), /^refused: .*SQLSTATE 3D000.*check the user/);
    assert.match(await refusal(`postgres://nobody:hunter2@${at}/semel`), /^refused: .*SQLSTATE 28000.*check the user/);
  });

  test("a standby alone is no store, and is passed over where the primary is named too", async () => {
    await using servers = new Servers();
    const primary = await servers.start();
    const standby = await servers.start({ standbyOf: primary });
    await migratePostgres(primary.url);
    assert.match(await refusal(standby.url), /^no_primary: .* is a standby: name the primary too/);
    const hosts = [standby.url, primary.url].map((it) => new URL(it).host).join();
    assert.equal(await refusal(`postgres://semel@${hosts}/semel`), "opened");
  });
});
