import { DeleteItemCommand, UpdateItemCommand, type UpdateItemInput } from "@aws-sdk/client-dynamodb";
import { type Fence, type OutboxBatch, type OutboxEntry, type RecordKey, StoreError } from "../../record/index.ts";
import { type Pending, pendingIn } from "./item.ts";
import { itemsOf, listed } from "./listed.ts";
import type { Requests } from "./requests.ts";
import { INDEX, shards } from "./shape.ts";
import { forgetInput } from "./write.ts";

/** Each try that finds the item changed lost to another relay or to a swap of the same key. */
const TRIES_MAX = 16;

/** One item's part of a batch: what was seen of it, and how many of its first entries were taken. */
type Part = Readonly<{ key: RecordKey; last: Fence; hasRow: boolean; fences: readonly Fence[]; taken: number }>;

export class Entries {
  readonly #requests: Requests;
  readonly #table: string;
  #turn = 0;

  constructor(requests: Requests, table: string) {
    this.#requests = requests;
    this.#table = table;
  }

  /** Each time another shard is asked first, so that none waits for ever behind a full one. */
  async take(limit: number): Promise<OutboxBatch> {
    const keys: string[] = [];
    this.#turn += 1;
    for (let at = 0; at < shards.length && keys.length < limit; at += 1) {
      const shard = shards[(this.#turn + at) % shards.length] as string;
      const range = { shard, limit: limit - keys.length, to: null };
      for (const { key } of await listed(this.#requests, this.#table, INDEX.outbox, range)) keys.push(key);
    }
    return batchOf(
      (await itemsOf(this.#requests, this.#table, keys)).map((item) => pendingIn(item)),
      limit,
    );
  }

  async ack({ ticket }: OutboxBatch): Promise<void> {
    const parts: readonly Part[] = ticket === "" ? [] : JSON.parse(ticket);
    await Promise.all(parts.map((part) => this.#forget(part)));
  }

  /** A condition that does not hold shows the item as it is, and the next try is decided on that. */
  async #forget({ key, last, hasRow, fences, taken }: Part): Promise<void> {
    const acked = new Set(fences.slice(0, taken));
    const entries = fences.map((fence) => ({ key, fence }) as OutboxEntry);
    let seen: Pending | null = { key, last, hasRow, entries };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (seen === null || !seen.entries.some(({ fence }) => acked.has(fence))) return;
      const input = forgetInput(this.#table, seen, acked);
      const written = await this.#requests.write((client) =>
        "UpdateExpression" in input
          ? client.send(new UpdateItemCommand(input as UpdateItemInput))
          : client.send(new DeleteItemCommand(input)),
      );
      if (written.held) return;
      seen = pendingIn(written.item);
    }
    throw new StoreError("unavailable", `The entries of ${key} change too fast to be acknowledged: try again`);
  }
}

/** Whole items first to last; of the last one only as much as there is room for. */
function batchOf(all: readonly (Pending | null)[], limit: number): OutboxBatch {
  const entries: OutboxEntry[] = [];
  const parts: Part[] = [];
  for (const pending of all) {
    const room = limit - entries.length;
    if (pending === null || room < 1) continue;
    const { key, last, hasRow } = pending;
    const fences = pending.entries.map(({ fence }) => fence);
    parts.push({ key, last, hasRow, fences, taken: Math.min(room, fences.length) });
    entries.push(...pending.entries.slice(0, room));
  }
  return { entries, ticket: parts.length === 0 ? "" : JSON.stringify(parts) };
}
