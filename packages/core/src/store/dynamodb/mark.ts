import { GetItemCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { AUTHORITY_KEY, type Instant, type Lineage, StoreError } from "../../record/index.ts";
import type { ServerClock } from "./clock.ts";
import type { Item } from "./item.ts";
import type { Requests } from "./requests.ts";
import { ATTRIBUTE } from "./shape.ts";

/** An item without a fence: no record key begins with "!", and nobody reads a row here. */
const MARK_KEY = "!mark";
/** The mark is in the table at most this long after `now()`; horizons are hours long. */
const MARK_EVERY_MS = 1_000;
/** A restored table may have an item and lack one that was written before it, "usually much less than a second" before. */
const RESTORE_SKEW_MS = 1_000;
/**
 * No table is deleted and restored under its old name in less: who sees it twice within this time has seen the same table. So
 * the data alone tells that the history goes on, and an outage of what describes tables stops no payments.
 */
const REPLACED_MS_MIN = 60_000;
/** Processes that open a restored table at once; each loser finds it marked. */
const TRIES_MAX = 8;
const SHOWN = { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;

/** The latest time that any process read off this table's clock, and of which table it is the history. */
export class Mark {
  readonly #requests: Requests;
  readonly #table: string;
  readonly #clock: ServerClock;
  #id = "";
  #markedAt = 0;
  #sightedAt = Number.NEGATIVE_INFINITY;

  constructor(requests: Requests, table: string, clock: ServerClock) {
    this.#requests = requests;
    this.#table = table;
    this.#clock = clock;
  }

  /** Of which history the table is; null: nobody can tell. `measure`: the id that the table has now. */
  async lineage(measure: () => Promise<string | null>): Promise<Lineage | null> {
    if (this.#id === "") return null;
    const found = await this.#find();
    // The answer has brought the time with it, so that a process that stood still knows for how long.
    const now = this.#clock.now();
    if (found !== null && found.id === this.#id && now - this.#sightedAt < REPLACED_MS_MIN) {
      this.#sightedAt = now;
      return { id: found.id, keptUntil: keptUntil(found) };
    }
    const id = await measure();
    return id === null ? null : { id, keptUntil: await this.adopt(id) };
  }

  /**
   * Says how far the history of the table `id` is kept. A restored table brings the mark of the one it was made from: that one is
   * put aside once, before anybody marks a later time, and stays what is kept, whoever opens the table afterwards.
   */
  async adopt(id: string): Promise<Instant> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const found = await this.#find();
      if (found !== null) this.#clock.passed(found.mark);
      this.#id = id;
      this.#sightedAt = this.#clock.now();
      if (found?.id === id) return keptUntil(found);
      const begun = { id, mark: Math.max(this.#clock.now(), found?.mark ?? 0), kept: await this.#kept(found) };
      if (await this.#begin(found, begun)) return keptUntil(begun);
    }
    throw new StoreError("unavailable", "Many processes mark the table at once: try again");
  }

  /** Notes that `now` has passed, unless that was done less than a second ago. Another process may have marked a later time. */
  async note(now: Instant, everyMs: number = MARK_EVERY_MS): Promise<void> {
    if (now - this.#markedAt < everyMs) return;
    this.#markedAt = now;
    const input = {
      TableName: this.#table,
      Key: keyOf(MARK_KEY),
      UpdateExpression: "SET mark = :now",
      ConditionExpression: "id = :id AND mark < :now",
      ExpressionAttributeValues: { ":now": { N: String(now) }, ":id": { S: this.#id } },
      ...SHOWN,
    };
    const written = await this.#requests.write((client) => client.send(new UpdateItemCommand(input)));
    const found = written.held ? null : markIn(written.item);
    if (found !== null) this.#clock.passed(found.mark);
  }

  /** How far a table's history is kept that is not the one that was marked; null: it has no other one before it. */
  async #kept(found: Found | null): Promise<number | null> {
    if (found !== null) return Math.max(0, found.mark - RESTORE_SKEW_MS);
    // A new table. Or somebody deleted the mark: then nothing is known to be kept.
    return (await this.#read(AUTHORITY_KEY)) === null ? null : 0;
  }

  async #find(): Promise<Found | null> {
    return markIn(await this.#read(MARK_KEY));
  }

  async #read(key: string): Promise<Item | null> {
    const input = { TableName: this.#table, Key: keyOf(key), ConsistentRead: true };
    const { Item } = await this.#requests.read((client) => client.send(new GetItemCommand(input)));
    return Item ?? null;
  }

  async #begin(found: Found | null, { id, mark, kept }: Found): Promise<boolean> {
    const same = { ":wasId": { S: found?.id ?? "" }, ":wasMark": { N: String(found?.mark ?? 0) } };
    const keptItem = kept === null ? {} : { kept: { N: String(kept) } };
    const input = {
      TableName: this.#table,
      Item: { ...keyOf(MARK_KEY), id: { S: id }, mark: { N: String(mark) }, ...keptItem },
      ConditionExpression: found === null ? "attribute_not_exists(pk)" : "id = :wasId AND mark = :wasMark",
      ...(found === null ? {} : { ExpressionAttributeValues: same }),
    };
    const { held } = await this.#requests.write((client) => client.send(new PutItemCommand(input)));
    return held;
  }
}

type Found = Readonly<{ id: string; mark: number; kept: number | null }>;

/** A table that was never anything else has all that was acknowledged before its mark. */
function keptUntil({ mark, kept }: Found): Instant {
  return (kept ?? mark) as Instant;
}

function markIn(item: Item | null): Found | null {
  const [id, mark, kept] = [item?.["id"]?.S, item?.["mark"]?.N, item?.["kept"]?.N];
  if (id === undefined || mark === undefined) return null;
  return { id, mark: Number(mark), kept: kept === undefined ? null : Number(kept) };
}

function keyOf(key: string) {
  return { [ATTRIBUTE.key]: { S: key } };
}
