import {
  AUTHORITY_KEY,
  type Browser,
  type Guarantees,
  type Instant,
  type Lineage,
  NEVER,
  type Outbox,
  type OutboxBatch,
  type OutboxEntry,
  type Page,
  type PageFilter,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Swap,
  type Swapped,
} from "../../record/index.ts";
import { Lane } from "../lane/lane.ts";
import { fenceFrom, keysOf, rowFrom, type Stored } from "./batch.ts";
import { connectToPrimary, cut } from "./connect.ts";
import { failureOf, Refused, unavailable } from "./failure.ts";
import { DOC_BYTES_MAX } from "./guarantees.ts";
import type { Known } from "./lineage.ts";
import { Session, type Statement } from "./session.ts";
import { SQL } from "./sql.ts";
import { type Dropped, Writer } from "./swaps.ts";

export type PostgresStore = RecordStore & Outbox & Browser;

/** Swaps of one commit. Twice as many gain little, and the first waits for the last. */
const SWAPS_PER_BATCH_MAX = 256;
const BATCH_BYTES_MAX = 8 * 1024 * 1024;
/** While one batch waits for the disk, another one is worked on. A third one gained nothing. */
const BATCHES_AT_ONCE = 2;
/** About half a second's work of a healthy server. What comes on top would be refused by its own deadline anyway. */
const WAITING_MAX = 10_000;
const READS_PER_BATCH_MAX = 256;
/** A drop writes a page or two of the log for each row: more in one batch would hold up the swaps behind it. */
const DROPS_PER_BATCH_MAX = 500;
/** Rows that one page looks at: an operator's rare filter must not hold up payments. A page may be short. */
const PAGE_SCAN_MAX = 2_000;

/** The side of the caller: gathers, asks the server, hands out the answers. */
export class Postgres implements PostgresStore {
  readonly name = "postgres";
  readonly guarantees: Guarantees;
  readonly #urls: readonly string[];
  readonly #known: Known;
  readonly #swaps: Lane<Swap, Swapped>;
  readonly #reads: Lane<RecordKey, Row | null>;
  readonly #drops: Lane<Dropped, null>;
  readonly #sessions: readonly Session[];
  /** For what comes one by one: the clock, what is due, the outbox, pages. */
  readonly #aside: Session;
  #now = 0;
  #closing: Promise<void> | null = null;

  constructor(urls: readonly string[], known: Known, guarantees: Guarantees) {
    this.guarantees = guarantees;
    this.#urls = urls;
    this.#known = known;
    const session = (): Session => new Session(urls, known);
    const writing = Array.from({ length: BATCHES_AT_ONCE }, session);
    const [reading, dropping] = [session(), session()];
    this.#aside = session();
    this.#sessions = [...writing, reading, dropping, this.#aside];
    const writer = new Writer(known, () => performance.now());
    const limits = { waitingMax: WAITING_MAX, bytesMax: BATCH_BYTES_MAX };
    this.#swaps = new Lane({
      ...limits,
      countMax: SWAPS_PER_BATCH_MAX,
      atOnce: BATCHES_AT_ONCE,
      weigh: ({ next, publish }) => next.doc.length + (publish?.doc.length ?? 0),
      wanted: ({ wanted }) => wanted === undefined || wanted(),
      send: async (swaps) => {
        const free = writing.pop()!;
        try {
          return await writer.swap(free, swaps);
        } finally {
          writing.push(free);
        }
      },
    });
    this.#reads = new Lane({
      ...{ ...limits, countMax: READS_PER_BATCH_MAX, atOnce: 1, weigh: () => 0 },
      send: (keys) => readAll(reading, keys),
    });
    this.#drops = new Lane({
      ...{ ...limits, countMax: DROPS_PER_BATCH_MAX, atOnce: 1, weigh: () => 0 },
      send: (rows) => writer.drop(dropping, rows),
    });
  }

  async now(): Promise<Instant> {
    const [row] = await this.#ask<{ now: string }>({
      name: "semel.now",
      text: SQL.now,
      values: [this.#known.timeline],
    });
    this.#now = Math.max(this.#now, Number(row?.now));
    return this.#now as Instant;
  }

  async lineage(): Promise<Lineage> {
    this.#refuseClosed();
    const { client, place } = await connectToPrimary(this.#urls, () => {});
    try {
      const { rows } = await client.query<{ mark: string }>(SQL.mark);
      this.#known.tell(place);
      return { id: place.id, keptUntil: Number(rows[0]?.mark) as Instant };
    } catch (error) {
      throw told(failureOf(error));
    } finally {
      cut(client);
    }
  }

  async read(key: RecordKey): Promise<Row | null> {
    this.#refuseClosed();
    return await this.#reads.add(key);
  }

  swap(swap: Swap): Promise<Swapped> {
    if (this.#closing !== null) return Promise.reject(closed());
    const bytes = Math.max(swap.next.doc.length, swap.publish?.doc.length ?? 0);
    if (bytes <= DOC_BYTES_MAX) return this.#swaps.add(swap);
    const message = `A doc of ${bytes} bytes is over the limit of ${DOC_BYTES_MAX}`;
    return Promise.reject(new StoreError("unavailable", message));
  }

  async due(now: Instant, limit: number): Promise<readonly Row[]> {
    const values = [now, NEVER, AUTHORITY_KEY, limit];
    return (await this.#ask<Stored>({ name: "semel.due", text: SQL.due, values })).map(rowFrom);
  }

  async drop(rows: readonly Dropped[]): Promise<void> {
    this.#refuseClosed();
    await Promise.all(rows.map((row) => this.#drops.add(row)));
  }

  async take(limit: number): Promise<OutboxBatch> {
    const taken = await this.#ask<OutboxEntry & { id: string }>({
      name: "semel.take",
      text: SQL.take,
      values: [limit],
    });
    const entries = taken.map(({ id: _, fence, ...entry }) => ({ ...entry, fence: fenceFrom(fence) }));
    return { entries, ticket: taken.map(({ id }) => id).join() };
  }

  /** By number and not by range: a transaction that commits late has a number below others that were taken. */
  async ack({ ticket }: OutboxBatch): Promise<void> {
    this.#refuseClosed();
    if (!/^[\d,]*$/.test(ticket)) throw new RangeError(`"${ticket}" is not a ticket of this store`);
    await this.#ask({ name: "semel.ack", text: SQL.ack, values: [`{${ticket}}`] });
  }

  async page({ dueFrom, dueTo, limit }: PageFilter, cursor: string | null): Promise<Page> {
    if (cursor !== null && !/^\d{1,18}$/.test(cursor))
      throw new RangeError(`"${cursor}" is not a cursor of this store`);
    const last = { name: "semel.last", text: SQL.last, values: [] };
    const before = Number(cursor ?? (await this.#ask<{ before: string }>(last))[0]!.before);
    const floor = Math.max(0, before - PAGE_SCAN_MAX);
    const values = [before, floor, dueFrom ?? 0, dueTo ?? NEVER, AUTHORITY_KEY, limit];
    const found = await this.#ask<Stored & { id: string }>({ name: "semel.page", text: SQL.page, values });
    const rows = found.map(rowFrom);
    if (found.length === limit) return { rows, next: found.at(-1)!.id };
    return { rows, next: floor > 0 ? `${floor}` : null };
  }

  /** What was asked before is still answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#swaps.idle(), this.#reads.idle(), this.#drops.idle()]);
    await Promise.all(this.#sessions.map((session) => session.close()));
  }

  async #ask<R extends object>(statement: Statement): Promise<R[]> {
    this.#refuseClosed();
    try {
      return await this.#aside.ask<R>(statement);
    } catch (error) {
      throw told(error);
    }
  }

  #refuseClosed(): void {
    if (this.#closing !== null) throw closed();
  }
}

async function readAll(session: Session, keys: readonly RecordKey[]): Promise<readonly (Row | null)[]> {
  try {
    const values = [keysOf([...new Set(keys)])];
    const stored = await session.ask<Stored>({ name: "semel.read", text: SQL.read, values });
    const rows = new Map(stored.map((row) => [row.key, rowFrom(row)]));
    return keys.map((key) => rows.get(key) ?? null);
  } catch (error) {
    throw told(error);
  }
}

function told(error: unknown): unknown {
  return error instanceof Refused ? unavailable(error) : error;
}

function closed(): StoreError {
  return new StoreError("unavailable", "The store is closed");
}
