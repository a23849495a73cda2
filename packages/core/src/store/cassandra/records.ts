import type { Fence, Instant, OutboxEntry, Publication, RecordKey, Row, Swap, Swapped } from "../../record/index.ts";
import type { Cql } from "./cql.ts";
import { type Answer, type Cells, isApplied, numberOf, type Session } from "./session.ts";

const WON: Swapped = { won: true };

/** The table of rows and entries: a partition for each key. All that is written here is written on a condition. */
export class Records {
  readonly #session: Session;
  readonly #cql: Cql;
  readonly #space: string;

  constructor(session: Session, cql: Cql, space: string) {
    this.#session = session;
    this.#cql = cql;
    this.#space = space;
  }

  async read(key: RecordKey): Promise<Row | null> {
    const [answer] = await this.#session.readSerial(this.#cql.read, [this.#partitionOf(key)]);
    return answer === undefined ? null : rowIn(answer, key);
  }

  async swap({ key, expect, next, publish }: Swap): Promise<Swapped> {
    const partition = this.#partitionOf(key);
    const set: Cells = [next.fence, next.dueAt, bytesOf(next.doc), partition];
    const condition = expect === null ? [] : [expect];
    const { claim, replace, claimAndPublish, replaceAndPublish } = this.#cql;
    const answer =
      publish === null
        ? await this.#session.swap(expect === null ? claim : replace, [...set, ...condition])
        : await this.#session.swap(expect === null ? claimAndPublish : replaceAndPublish, [
            ...[...set, ...condition],
            ...[partition, publish.fence, publish.epoch, publish.kind, bytesOf(publish.doc)],
          ]);
    return isApplied(answer) ? WON : { won: false, current: rowIn(answer, key) };
  }

  async drop(key: RecordKey, fence: Fence): Promise<void> {
    await this.#session.swap(this.#cql.drop, [this.#partitionOf(key), fence]);
  }

  async readEntry(key: RecordKey, fence: Fence): Promise<OutboxEntry | null> {
    const [answer] = await this.#session.readSerial(this.#cql.readEntry, [this.#partitionOf(key), fence]);
    if (answer === undefined) return null;
    const { epoch, kind, entry_doc: doc } = answer;
    return { key, fence, epoch: numberOf(epoch), kind: kind as Publication, doc: doc as Uint8Array };
  }

  async removeEntry(key: RecordKey, fence: Fence): Promise<void> {
    await this.#session.swap(this.#cql.removeEntry, [this.#partitionOf(key), fence]);
  }

  #partitionOf(key: RecordKey): string {
    return this.#space + key;
  }
}

/** A partition that has entries but no row answers with empty cells, and one that is not there with none. */
function rowIn(answer: Answer, key: RecordKey): Row | null {
  const { fence, due_at: dueAt, doc } = answer;
  if (fence === null || fence === undefined) return null;
  return { key, fence: fence as Fence, dueAt: numberOf(dueAt) as Instant, doc: doc as Uint8Array };
}

/** The driver takes nothing but its own kind of bytes; these are the caller's, not a copy. */
function bytesOf(doc: Uint8Array): Buffer {
  return Buffer.from(doc.buffer, doc.byteOffset, doc.byteLength);
}
