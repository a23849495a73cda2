import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { urlOf } from "../../tools/services/running.ts";
import { type PostgresOptions, type PostgresServer, startPostgres } from "../../tools/services/servers/postgres.ts";
import { postgresFolder } from "../../tools/services/servers/postgres-programs.ts";

/** false: there is one. Otherwise why a test that needs it does not run. */
export const noServer: string | false =
  (await urlOf("postgres")) === null ? "PostgreSQL does not run: npm run services -- up postgres" : false;

/** The same for servers that a test starts itself. */
export const noProgram: string | false =
  postgresFolder() === null ? "PostgreSQL is not installed: npm run services -- up postgres" : false;

/** Servers of a test's own, stopped and removed at its end. */
export class Servers implements AsyncDisposable {
  readonly #started: PostgresServer[] = [];
  readonly #folders: string[] = [];

  async start(options: Omit<PostgresOptions, "folder"> = {}): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), "semel-postgres-"));
    this.#folders.push(folder);
    const server = await startPostgres({ ...options, folder });
    this.#started.push(server);
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#started.map((server) => server.stop()));
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

/** A connection of the test's own, to do what no store does. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

export async function run(url: string, sql: string): Promise<pg.QueryResult> {
  return await withClient(url, (client) => client.query(sql));
}
