import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Instant, NEVER } from "../../record/instant.ts";
import {
  AUTHORITY_KEY,
  type OutboxBatch,
  type OutboxEntry,
  type Page,
  type PageFilter,
  type Row,
  type Swap,
  type Swapped,
} from "../../record/ports.ts";
import type { RecordKey } from "../../record/record.ts";
import type { Dropped } from "./message.ts";
import { Room } from "./room.ts";
import { SQL } from "./schema.ts";

/** Rows that one page looks at, about 10 ms: an operator's rare filter must not hold up payments. A page may be short. */
const PAGE_SCAN_MAX = 2_000;

/** The tables of an open file, one method per question. Whoever calls a method that writes is inside a transaction. */
export class Tables {
  readonly #statements: { [name in keyof typeof SQL]: StatementSync };
  readonly #room = new Room();

  constructor(db: DatabaseSync) {
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared);
  }

  read(key: RecordKey): Row | null {
    return (this.#statements.read.get(key) as Row | undefined) ?? null;
  }

  /** The compare and the set are one statement. Later swaps of a transaction see the earlier ones. */
  swap({ key, expect, next, publish }: Swap): Swapped {
    const { changes } =
      expect === null
        ? this.#statements.claim.run(key, next.fence, next.dueAt, next.doc, this.#room.behind(next.doc.length))
        : this.#statements.replace.run(next.fence, next.dueAt, next.doc, key, expect);
    if (changes !== 1) return { won: false, current: this.read(key) };
    if (expect !== null) this.#room.saw(next.doc.length);
    if (publish !== null) this.#publish(publish);
    return { won: true };
  }

  due(now: Instant, limit: number): Row[] {
    return this.#statements.due.all(now, AUTHORITY_KEY, limit) as unknown as Row[];
  }

  drop(rows: readonly Dropped[]): void {
    for (const { key, fence } of rows) if (key !== AUTHORITY_KEY) this.#statements.drop.run(key, fence);
  }

  take(limit: number): OutboxBatch {
    const taken = this.#statements.take.all(limit) as unknown as (OutboxEntry & { id: number })[];
    const [first, last] = [taken.at(0)?.id ?? 0, taken.at(-1)?.id ?? 0];
    const entries = taken.map(({ id: _, ...entry }) => entry);
    return { entries, ticket: `${first}-${last}` };
  }

  /** A batch was the oldest entries at its time, and numbers rise: its range holds nothing that was not taken. */
  ack(ticket: string): void {
    const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(ticket) ?? [];
    if (first === undefined || last === undefined) throw new RangeError(`"${ticket}" is not a ticket of this store`);
    this.#statements.ack.run(Number(first), Number(last));
  }

  page({ dueFrom, dueTo, limit }: PageFilter, before: number): Page {
    const scanned = this.#statements.floor.get(before, PAGE_SCAN_MAX) as { id: number | null; count: number };
    const floor = scanned.id ?? 0;
    const range = [before, floor, dueFrom ?? Number.MIN_SAFE_INTEGER, dueTo ?? NEVER] as const;
    const found = this.#statements.page.all(...range, AUTHORITY_KEY, limit) as unknown as (Row & { id: number })[];
    const rows = found.map(({ id: _, ...row }) => row);
    const last = found.at(-1);
    if (found.length === limit && last !== undefined) return { rows, next: `${last.id}` };
    return { rows, next: scanned.count === PAGE_SCAN_MAX ? `${floor}` : null };
  }

  mark(now: Instant): void {
    this.#statements.mark.run(now);
  }

  #publish({ key, epoch, fence, kind, doc }: OutboxEntry): void {
    this.#statements.publish.run(key, epoch, fence, kind, doc);
  }
}
