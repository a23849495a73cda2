import { randomBytes } from "node:crypto";
import type { StoreFixture } from "@semel/core/contract";
import { migratePostgres, postgresStore } from "@semel/core/store/postgres";
import pg from "pg";

import { urlOf } from "../../tools/services/running.ts";
import { opened } from "./opened.ts";

let template: Promise<string> | null = null;

/** A database of its own for each clause, copied from one whose tables were made once. */
export async function postgresFixture(): Promise<StoreFixture> {
  const server = await urlOf("postgres");
  if (server === null) throw new Error("PostgreSQL does not run: npm run services -- up postgres");
  template ??= makeTemplate(server);
  const url = await makeDatabase(server, await template);
  const open = async () => opened(await postgresStore({ url }));
  return { open, reopen: open, remove: () => dropDatabase(server, url) };
}

export function emptyPostgres(server: string): Promise<string> {
  return makeDatabase(server, "template1");
}

/** A new database on this server, with the tables of Semel in it. */
export async function freshPostgres(server: string): Promise<string> {
  const url = await emptyPostgres(server);
  await migratePostgres(url);
  return url;
}

export async function dropDatabase(server: string, url: string): Promise<void> {
  await onServer(server, `DROP DATABASE IF EXISTS ${nameIn(url)} WITH (FORCE)`);
}

async function makeTemplate(server: string): Promise<string> {
  const url = await freshPostgres(server);
  process.once("beforeExit", () => void dropDatabase(server, url));
  return nameIn(url);
}

async function makeDatabase(server: string, from: string): Promise<string> {
  const name = `semel_${randomBytes(6).toString("hex")}`;
  await onServer(server, `CREATE DATABASE ${name} TEMPLATE ${from}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

function nameIn(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function onServer(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
