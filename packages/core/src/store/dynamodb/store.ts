import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  type Fence,
  type Guarantees,
  type Instant,
  type Lineage,
  type Outbox,
  type OutboxBatch,
  type RecordKey,
  type RecordStore,
  type Row,
  StoreError,
  type Swap,
  type Swapped,
} from "../../record/index.ts";
import { Calls } from "./calls.ts";
import type { ServerClock } from "./clock.ts";
import { drop } from "./drop.ts";
import { dueRows } from "./due.ts";
import { rowIn } from "./item.ts";
import type { Judged } from "./judge.ts";
import type { Mark } from "./mark.ts";
import { TableOpenError } from "./open-error.ts";
import { Entries } from "./outbox.ts";
import type { Requests } from "./requests.ts";
import { ATTRIBUTE } from "./shape.ts";
import { swapInput } from "./write.ts";

export type DynamodbStore = RecordStore & Outbox;

export type Parts = Readonly<{
  client: DynamoDBClient;
  table: string;
  clock: ServerClock;
  requests: Requests;
  mark: Mark;
  measure: () => Promise<Judged>;
}>;

/** One table of DynamoDB. Each key is an item, and each change of it one conditional write. */
export class Dynamodb implements DynamodbStore {
  readonly name = "dynamodb";
  readonly guarantees: Guarantees;
  readonly #parts: Parts;
  readonly #entries: Entries;
  readonly #calls = new Calls();

  constructor(parts: Parts, guarantees: Guarantees) {
    this.#parts = parts;
    this.guarantees = guarantees;
    this.#entries = new Entries(parts.requests, parts.table);
  }

  now(): Promise<Instant> {
    const { clock, mark } = this.#parts;
    return this.#calls.run(async () => {
      await mark.note(clock.now());
      return clock.now();
    });
  }

  lineage(): Promise<Lineage | null> {
    const { measure, mark } = this.#parts;
    return this.#calls.run(() => mark.lineage(async () => (await measure().catch(refuse)).lineageId));
  }

  read(key: RecordKey): Promise<Row | null> {
    return this.#calls.run(() => this.#read(key));
  }

  swap(swap: Swap): Promise<Swapped> {
    return this.#calls.run(() => this.#swap(swap));
  }

  due(now: Instant, limit: number): Promise<readonly Row[]> {
    const { requests, table } = this.#parts;
    return this.#calls.run(() => dueRows(requests, table, now, limit));
  }

  drop(rows: readonly Readonly<{ key: RecordKey; fence: Fence }>[]): Promise<void> {
    const { requests, table } = this.#parts;
    return this.#calls.run(async () => {
      await Promise.all(rows.map((row) => drop(requests, table, row)));
    });
  }

  take(limit: number): Promise<OutboxBatch> {
    return this.#calls.run(() => this.#entries.take(limit));
  }

  ack(batch: OutboxBatch): Promise<void> {
    return this.#calls.run(() => this.#entries.ack(batch));
  }

  /** What was asked before is still answered. */
  close(): Promise<void> {
    const { client, clock, mark } = this.#parts;
    return this.#calls.close(async () => {
      // The clock may not go back by reopening; where DynamoDB is away, the next mark is at most a second behind.
      await mark.note(clock.now(), 0).catch(() => {});
      client.destroy();
    });
  }

  async #read(key: RecordKey): Promise<Row | null> {
    const { requests, table } = this.#parts;
    const input = {
      TableName: table,
      Key: { [ATTRIBUTE.key]: { S: key } },
      ConsistentRead: true,
      // Not the entries, which may be larger than the row.
      ProjectionExpression: "pk, fence, doc, due",
    };
    const { Item } = await requests.read((client) => client.send(new GetItemCommand(input)));
    return rowIn(Item);
  }

  async #swap(swap: Swap): Promise<Swapped> {
    const { requests, table } = this.#parts;
    const input = swapInput(table, swap);
    const written = await requests.write((client) => client.send(new UpdateItemCommand(input)), swap.wanted);
    if (written.held) return { won: true };
    const current = rowIn(written.item);
    if (current === null && swap.expect === null) {
      const message = "DynamoDB refused a claim and showed no row in its way: what is this endpoint?";
      throw new StoreError("in_doubt", message);
    }
    return { won: false, current };
  }
}

/** After the opening, a table that cannot be used is a store that does not work. */
function refuse(error: unknown): never {
  if (!(error instanceof TableOpenError)) throw error;
  throw new StoreError("unavailable", error.message, { cause: error });
}
