import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@semel/core/contract";
import {
  type Fence,
  fenceAfter,
  instant,
  type Outbox,
  type OutboxEntry,
  type RecordKey,
  type RecordStore,
  type Row,
  type Swapped,
} from "@semel/core/record";
import { fixtures } from "../contract/fixtures.ts";
import { simulatedStore } from "../simulation/simulated-store.ts";
import { noServerFor } from "./no-server.ts";

const STEPS = 400;
const SEEDS = [1, 2, 3];
const T0 = 1_790_000_000_000;

type Subject = Readonly<{ store: RecordStore; outbox: Outbox | null }>;
type Random = () => number;

/** Every store but the reference, and why it is not looked at. */
const names = await Promise.all(
  Object.keys(fixtures)
    .filter((name) => name !== "memory")
    .map(async (name) => [name, await noServerFor(name)] as const),
);

/** What a store said at each step, in words that are equal where the meaning is. */
type Told = readonly string[];

describe("the same commands have the same results as on the reference:", () => {
  for (const [name, why] of names) {
    test(`on ${name}`, { skip: why ?? false }, async () => {
      for (const seed of SEEDS) assert.deepEqual(await toldByFixture(name, seed), await toldByFixture("memory", seed));
    });
  }

  test("on the store of the simulation", async () => {
    for (const seed of SEEDS) {
      const { store, stop } = simulatedStore();
      const told = await commands({ store, outbox: null }, seededRandom(seed));
      stop();
      assert.deepEqual(told, await toldByFixture("memory", seed, false));
    }
  });
});

async function toldByFixture(name: string, seed: number, publishes = true): Promise<Told> {
  const fixture = await fixtures[name]!();
  const { store, outbox } = await fixture.open();
  try {
    return await commands({ store, outbox: publishes ? outbox : null }, seededRandom(seed));
  } finally {
    await store.close();
    await fixture.remove();
  }
}

/** One command after the other: what each of them does depends on nothing but what all before it did. */
async function commands({ store, outbox }: Subject, random: Random): Promise<Told> {
  const keys = Array.from({ length: 5 }, (_, at) => `key_${at}`.padEnd(43, "-") as RecordKey);
  const past: Row[] = [];
  const told: string[] = [];
  let fences = 0;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const rowOf = (key: RecordKey): Row => {
    const digits = (fences++).toString(16).padStart(20, "0");
    const doc = Uint8Array.from({ length: Math.floor(random() * 2_000) }, () => Math.floor(random() * 256));
    return { key, fence: fenceAfter(null, instant(T0), digits), dueAt: instant(T0 + Math.floor(random() * 900)), doc };
  };
  for (let step = 0; step < STEPS; step += 1) {
    const key = pick(keys);
    const old = past.filter((row) => row.key === key);
    const dice = random();
    if (dice < 0.55) {
      const expect = random() < 0.7 ? (old.at(-1)?.fence ?? null) : pick([null, ...old.map(({ fence }) => fence)]);
      const next = rowOf(key);
      const publish = outbox !== null && random() < 0.4 ? entryOf(next) : null;
      told.push(`swap ${sayFence(expect)}: ${saySwapped(await store.swap({ key, expect, next, publish }))}`);
      past.push(next);
    } else if (dice < 0.7) told.push(`read: ${sayRow(await store.read(key))}`);
    else if (dice < 0.8) {
      const dropped = old.length === 0 ? rowOf(key) : pick(old);
      await store.drop([dropped]);
      told.push(`drop ${dropped.fence}`);
    } else if (dice < 0.9 || outbox === null) {
      const [now, limit] = [instant(T0 + Math.floor(random() * 1_000)), 1 + Math.floor(random() * 6)];
      told.push(`due: ${(await store.due(now, limit)).map(sayRow).join("; ")}`);
    } else {
      // In no promised order: all of them are looked at.
      const batch = await outbox.take(1_000);
      told.push(`take: ${batch.entries.map(sayEntry).sort().join("; ")}`);
      if (random() < 0.3) await outbox.ack(batch);
    }
  }
  return told;
}

function entryOf(row: Row): OutboxEntry {
  return { key: row.key, epoch: 3, fence: row.fence, kind: "completed", doc: row.doc.subarray(0, 40) };
}

function saySwapped(swapped: Swapped): string {
  return swapped.won ? "won" : `lost to ${sayRow(swapped.current)}`;
}

function sayRow(row: Row | null): string {
  return row === null ? "nothing" : `${row.key.slice(0, 5)} ${row.fence} ${row.dueAt} ${sayBytes(row.doc)}`;
}

function sayEntry({ key, epoch, fence, kind, doc }: OutboxEntry): string {
  return `${key.slice(0, 5)} ${epoch} ${fence} ${kind} ${sayBytes(doc)}`;
}

function sayFence(fence: Fence | null): string {
  return fence ?? "none";
}

function sayBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
