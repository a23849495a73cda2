import type { Client, QueryConfig, QueryResultRow } from "pg";
import { StoreError } from "../../record/index.ts";
import { connectToPrimary, cut } from "./connect.ts";
import { failureOf } from "./failure.ts";
import type { Known } from "./lineage.ts";

export type Statement = QueryConfig & Readonly<{ name: string; values: unknown[] }>;

/** A server that is gone does not say goodbye. */
const CLOSE_MS_MAX = 1_000;

/** One connection at a time, made when it is needed and made anew when it broke. One statement after the other. */
export class Session {
  readonly #urls: readonly string[];
  readonly #known: Known;
  #connecting: Promise<Client> | null = null;
  #client: Client | null = null;
  /** The history that the connection leads to. */
  #leadsTo = "";
  /** The server warned during this statement: of a commit that it did not replicate, for instance. */
  #warning: string | null = null;
  /** The end of the statement that was asked last. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(urls: readonly string[], known: Known) {
    this.#urls = urls;
    this.#known = known;
  }

  /** Rejects with Refused where the server undid the statement, with StoreError otherwise. */
  async ask<R extends QueryResultRow>(statement: Statement): Promise<R[]> {
    // One after the other, so that a warning is known to be of this statement, and a connection that broke of none behind it.
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      return await this.#askNow<R>(statement);
    } finally {
      resolve();
    }
  }

  async #askNow<R extends QueryResultRow>(statement: Statement): Promise<R[]> {
    // A primary that was replaced may still be up, and would answer by what it knew.
    if (this.#client !== null && this.#leadsTo !== this.#known.id) this.drop();
    const client = this.#client ?? (await this.#connect());
    this.#warning = null;
    try {
      const { rows } = await client.query<R>(statement);
      // A wait for the standby that was cancelled is committed here and nowhere else, and reported as a success.
      if (this.#warning === null) return rows;
      throw new StoreError("in_doubt", `The server warned: ${this.#warning}`);
    } catch (error) {
      const failure = failureOf(error);
      if (failure instanceof StoreError) this.drop(client);
      throw failure;
    }
  }

  /** The next statement gets a new connection. What this one was asked is in doubt. */
  drop(client: Client | null = this.#client): void {
    if (client === null) return;
    if (this.#client === client) this.#client = null;
    cut(client);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    const timer = setTimeout(() => cut(client), CLOSE_MS_MAX);
    await client.end().catch(() => {});
    clearTimeout(timer);
  }

  /** Everybody who waits for a connection waits for the same one. */
  #connect(): Promise<Client> {
    this.#connecting ??= this.#connectOnce().finally(() => {
      this.#connecting = null;
    });
    return this.#connecting;
  }

  async #connectOnce(): Promise<Client> {
    if (this.#closed) throw new StoreError("unavailable", "The store is closed");
    const { client, place } = await connectToPrimary(this.#urls, (broken) => this.drop(broken));
    try {
      this.#known.check(place);
    } catch (error) {
      cut(client);
      throw error;
    }
    // By its code: the word for its severity is in the server's language. What is no warning has 00000.
    client.on("notice", ({ code, message }) => {
      if (code !== "00000") this.#warning = message ?? "";
    });
    this.#client = client;
    this.#leadsTo = place.id;
    return client;
  }
}
