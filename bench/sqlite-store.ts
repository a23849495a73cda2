/**
 * DESIGN §9, row 4: pairs/s of the SQLite store under 64 closed-loop callers against a bare loop of the same SQL, 64 per
 * commit. Slots alternate A B B A; the median of the rounds counts, the extremes are low and high.
 *
 *     node -C semel-source bench/sqlite-store.ts [--rounds 5] [--seconds 5] [--dir .]
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { type Fence, instant, type RecordKey, type Row } from "@semel/core/record";
import { sqliteStore } from "@semel/core/store/sqlite";

const CALLERS = 64;
const CLAIM_BYTES = 300;
const COMPLETION_BYTES = 900;
const TMPFS = 0x01021994;
const filler = randomBytes(COMPLETION_BYTES);
let pool = randomBytes(1024 * 1024);
let used = 0;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "5" },
    dir: { type: "string", default: "." },
  },
});
const slotMs = Number(values.seconds) * 1_000;
if (statfsSync(values.dir).type === TMPFS) throw new Error(`${values.dir} is tmpfs: its fsync costs nothing`);

type Slot = Readonly<{ pairsPerSecond: number; cpuMicros: number }>;
const runs: Record<"bare" | "store", Slot[]> = { bare: [], store: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  const order = round % 2 === 0 ? (["bare", "store"] as const) : (["store", "bare"] as const);
  for (const name of order) runs[name].push(await inFolder(name === "bare" ? bareLoop : storeLoop));
}
report();

function report(): void {
  const ratios = runs.store.map(({ pairsPerSecond }, i) => pairsPerSecond / (runs.bare[i] as Slot).pairsPerSecond);
  for (const [name, slots] of Object.entries(runs)) {
    const pairs = spread(slots.map((it) => it.pairsPerSecond));
    const cpu = spread(slots.map((it) => it.cpuMicros));
    console.log(`${name.padEnd(6)} ${say(pairs, 0)} pairs/s, ${say(cpu, 1)} µs CPU a pair`);
  }
  console.log(`ratio  ${say(spread(ratios), 2)} (must 0.40, aim 0.65)`);
}

function spread(numbers: number[]): { median: number; low: number; high: number } {
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1] ?? 0, low: sorted[0] ?? 0, high: sorted.at(-1) ?? 0 };
}

function say({ median, low, high }: ReturnType<typeof spread>, digits: number): string {
  return `${median.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

async function inFolder(loop: (path: string) => Promise<Slot>): Promise<Slot> {
  const folder = mkdtempSync(join(resolve(values.dir), ".bench-"));
  try {
    return await loop(join(folder, "store.db"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** From a pool: a call of randomBytes for each key would cost as much as its SQL. */
function random(bytes: number): Buffer {
  if (used + bytes > pool.length) [pool, used] = [randomBytes(pool.length), 0];
  used += bytes;
  return pool.subarray(used - bytes, used);
}

/** The claim and the completion of one new key. */
function nextPair(): { claim: Row; completion: Row } {
  const key = random(32).toString("base64url") as RecordKey;
  return { claim: rowOf(key, CLAIM_BYTES), completion: rowOf(key, COMPLETION_BYTES) };
}

function rowOf(key: RecordKey, bytes: number): Row {
  const now = Date.now();
  const fence = (now.toString(16).padStart(12, "0") + random(10).toString("hex")) as Fence;
  return { key, fence, dueAt: instant(now + 40_000), doc: new Uint8Array(filler.subarray(0, bytes)) };
}

/** Runs `batch` for a second of warm-up, then for a slot. It returns the pairs that it did. */
async function measure(batch: () => Promise<number>): Promise<Slot> {
  for (const end = performance.now() + 1_000; performance.now() < end; ) await batch();
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  let pairs = 0;
  while (performance.now() - from < slotMs) pairs += await batch();
  const { user, system } = process.cpuUsage(cpu);
  return { pairsPerSecond: (pairs * 1_000) / (performance.now() - from), cpuMicros: (user + system) / pairs };
}

async function bareLoop(path: string): Promise<Slot> {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -65536; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4096;
    CREATE TABLE record (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, fence TEXT NOT NULL, due_at INTEGER NOT NULL,
      doc BLOB NOT NULL) STRICT;
    CREATE INDEX record_due ON record (due_at)`);
  const claim = db.prepare(
    "INSERT INTO record (key, fence, due_at, doc) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
  );
  const complete = db.prepare("UPDATE record SET fence = ?, due_at = ?, doc = ? WHERE key = ? AND fence = ?");
  const slot = await measure(async () => {
    const pairs = Array.from({ length: CALLERS }, nextPair);
    db.exec("BEGIN IMMEDIATE");
    for (const { claim: row } of pairs) claim.run(row.key, row.fence, row.dueAt, row.doc);
    db.exec("COMMIT");
    db.exec("BEGIN IMMEDIATE");
    for (const { claim: old, completion: row } of pairs)
      complete.run(row.fence, row.dueAt, row.doc, row.key, old.fence);
    db.exec("COMMIT");
    return pairs.length;
  });
  db.close();
  return slot;
}

/** Each caller claims, completes, and begins anew at once. */
async function storeLoop(path: string): Promise<Slot> {
  const store = await sqliteStore({ path });
  let pairs = 0;
  let isOver = false;
  const call = async (): Promise<void> => {
    while (!isOver) {
      const { claim, completion } = nextPair();
      await store.swap({ key: claim.key, expect: null, next: claim, publish: null });
      const done = await store.swap({ key: claim.key, expect: claim.fence, next: completion, publish: null });
      if (!done.won) throw new Error("A completion lost");
      pairs++;
    }
  };
  const callers = Array.from({ length: CALLERS }, call);
  const slot = await measure(async () => {
    const before = pairs;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return pairs - before;
  });
  isOver = true;
  await Promise.all(callers);
  await store.close();
  return slot;
}
