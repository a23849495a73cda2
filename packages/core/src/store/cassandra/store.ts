import {
  AUTHORITY_KEY,
  type Fence,
  type Guarantees,
  type Instant,
  type Outbox,
  type OutboxBatch,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Swap,
  type Swapped,
} from "../../record/index.ts";
import type { NodeClock } from "./clock.ts";
import type { Cql } from "./cql.ts";
import { DueRows } from "./due.ts";
import { Entries } from "./entries.ts";
import { Gate } from "./gate.ts";
import { Hints } from "./hints.ts";
import type { Judgement } from "./judgement.ts";
import { inParallel } from "./parallel.ts";
import { Records } from "./records.ts";
import { Scan } from "./scan.ts";
import type { Session } from "./session.ts";
import { Swaps } from "./swaps.ts";

/** `warnings`: what was seen at the opening that an operator should know or change, in whole sentences. */
export type CassandraStore = RecordStore & Outbox & Readonly<{ warnings: readonly string[] }>;

/** Rows dropped at a time. Each is a round of Paxos, and payments come first. */
const DROPS_AT_ONCE = 16;

export type Parts = Readonly<{
  session: Session;
  cql: Cql;
  clock: NodeClock;
  /** What keys, queues and marks begin with. */
  space: string;
  judgement: Judgement;
  scanEveryMs: number;
}>;

export class Cassandra implements CassandraStore {
  readonly name = "cassandra";
  readonly guarantees: Guarantees;
  readonly warnings: readonly string[];
  readonly #session: Session;
  readonly #clock: NodeClock;
  readonly #gate = new Gate();
  readonly #records: Records;
  readonly #swaps: Swaps;
  readonly #dueRows: DueRows;
  readonly #entries: Entries;
  readonly #scan: Scan;
  readonly #calls = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor({ session, cql, clock, space, judgement, scanEveryMs }: Parts) {
    this.guarantees = judgement.guarantees;
    this.warnings = judgement.warnings;
    this.#session = session;
    this.#clock = clock;
    this.#records = new Records(session, cql, space);
    this.#scan = new Scan(session, cql, space, clock, scanEveryMs);
    const dueHints = new Hints(session, cql, `${space}due`, clock);
    const entryHints = new Hints(session, cql, `${space}outbox`, clock);
    this.#swaps = new Swaps(this.#records, dueHints, entryHints);
    this.#dueRows = new DueRows(this.#records, dueHints, this.#scan, clock);
    this.#entries = new Entries(this.#records, entryHints, this.#scan, clock);
  }

  now(): Promise<Instant> {
    return this.#call(() => this.#clock.now());
  }

  /**
   * Nothing in Cassandra tells of a lost stretch: a node that was restored or rebuilt looks like any other, and there is no
   * timeline that a failover would end. So a loss must be declared.
   */
  lineage(): Promise<null> {
    return this.#call(async () => null);
  }

  read(key: RecordKey): Promise<Row | null> {
    return this.#call(() => this.#gate.pass(() => this.#records.read(key)));
  }

  swap(swap: Swap): Promise<Swapped> {
    return this.#call(async () => {
      this.#refuseLarge(swap);
      return this.#gate.passInTurn(swap.key, () => this.#swaps.swap(swap));
    });
  }

  due(now: Instant, limit: number): Promise<readonly Row[]> {
    return this.#call(() => {
      this.#scan.nudge();
      return this.#dueRows.list(now, limit);
    });
  }

  drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void> {
    return this.#call(() =>
      inParallel(rows, DROPS_AT_ONCE, async (row) => {
        if (row.key !== AUTHORITY_KEY) await this.#gate.passInTurn(row.key, () => this.#swaps.drop(row));
      }),
    );
  }

  take(limit: number): Promise<OutboxBatch> {
    return this.#call(() => {
      this.#scan.nudge();
      return this.#entries.take(limit);
    });
  }

  ack(batch: OutboxBatch): Promise<void> {
    return this.#call(() => this.#entries.ack(batch));
  }

  /** What was asked before is still answered. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#calls);
    await Promise.all([this.#swaps.idle(), this.#scan.idle()]);
    try {
      // A mark that is missing lets the clock start again up to a second earlier, and no more.
      await this.#clock.keep().catch(() => {});
    } finally {
      await this.#session.end();
    }
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== null) throw new StoreError("unavailable", "The store is closed");
    const call = work();
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  #refuseLarge({ next, publish }: Swap): void {
    const max = this.guarantees.docBytesMax;
    const bytes = Math.max(next.doc.length, publish?.doc.length ?? 0);
    if (bytes > max) throw new StoreError("unavailable", `A doc of ${bytes} bytes is over the limit of ${max}`);
  }
}
