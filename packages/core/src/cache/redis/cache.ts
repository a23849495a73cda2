import type { Cache, Instant, RecordKey } from "../../record/index.ts";
import { Breaker } from "./breaker.ts";
import { type Client, Connection } from "./connection.ts";
import { withinBudget } from "./within-budget.ts";

/**
 * A Redis in the same place answers within 1 ms, and the authority within some 10: a cache that takes longer than that makes
 * requests slower, not faster.
 */
export const BUDGET_MS = 10;

/** At 1 Gbit/s these are 2 ms, in which every other command on the connection waits. Payment answers are a hundredth of it. */
export const VALUE_BYTES_MAX: number = 256 * 1024;

/** `a`: answers. The number is that of the layout of keys: whoever changes what stands under one takes the next. */
const PREFIX = "semel:a:1:";

export type Asked = Readonly<{
  budgetMs: number;
  failed: (how: "timeout" | "error") => void;
  changed: (state: "closed" | "open", why: string) => void;
}>;

/** Single-key commands on one connection. What does not come in time is a miss, and what comes late is thrown away. */
export class RedisCache implements Cache {
  readonly name = "redis";
  readonly #asked: Asked;
  readonly #connection: Connection;
  readonly #breaker = new Breaker();
  #isClosed = false;
  #told: "closed" | "open" = "closed";

  constructor(url: string, asked: Asked) {
    this.#asked = asked;
    this.#connection = new Connection(url, (why) => this.#tell(why));
  }

  connect(): Promise<void> {
    return this.#connection.connect();
  }

  async get(key: RecordKey): Promise<Uint8Array | null> {
    const reply = await this.#ask((client) => client.sendCommand<Buffer | null>(["GET", PREFIX + key]));
    return reply ?? null;
  }

  async put(key: RecordKey, sealed: Uint8Array, until: Instant): Promise<void> {
    if (until <= Date.now()) return await this.drop(key);
    if (sealed.length > VALUE_BYTES_MAX) return;
    const value = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    await this.#ask((client) => client.sendCommand(["SET", PREFIX + key, value, "PXAT", String(until)]));
  }

  async drop(key: RecordKey): Promise<void> {
    await this.#ask((client) => client.sendCommand(["DEL", PREFIX + key]));
  }

  state(): "closed" | "open" {
    return this.#breaker.isOpen || this.#connection.client === null ? "open" : "closed";
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#connection.close();
  }

  /** undefined: it did not say in time, or was not asked. */
  async #ask<T>(command: (client: Client) => Promise<T>): Promise<T | undefined> {
    const { client } = this.#connection;
    if (client === null || !this.#breaker.allows(performance.now())) return undefined;
    const outcome = await withinBudget(() => command(client), this.#asked.budgetMs);
    if (this.#isClosed) return undefined;
    if (outcome.kind === "answer") {
      this.#breaker.succeeded();
      this.#tell("it answers again");
      return outcome.answer;
    }
    this.#failed(outcome.kind, outcome.why);
    return undefined;
  }

  #failed(how: "timeout" | "error", why: string): void {
    this.#asked.failed(how);
    // A connection on which nothing comes may be dead without a word; one to a primary that is none any more takes no answer.
    if (this.#breaker.failed(performance.now()) || why.startsWith("READONLY")) this.#connection.cut(why);
    this.#tell(why);
  }

  #tell(why: string): void {
    const state = this.state();
    if (state === this.#told || this.#isClosed) return;
    this.#told = state;
    this.#asked.changed(state, why);
  }
}
