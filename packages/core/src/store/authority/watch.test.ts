import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AUTHORITY_KEY,
  type Instant,
  instant,
  type Lineage,
  type RecordStore,
  StoreError,
} from "../../record/index.ts";
import { memoryStore } from "../memory/index.ts";
import { AuthorityWatch, type Loss, openAuthority } from "./index.ts";

const T0 = 1_790_000_000_000;
const RETRY_MS = 3_600_000;
let fences = 0;
const random = (): string => (++fences).toString(16).padStart(20, "0");

const after = (ms: number, call: () => void): (() => void) => {
  const timer = setTimeout(call, ms / 100);
  return () => clearTimeout(timer);
};

/** A store that several processes share, whose engine tells of its history. */
class Shared {
  nowMs = T0;
  lineage: Lineage | null;
  readonly wallClock = (): number => this.nowMs;
  store: RecordStore = memoryStore({ wallClock: this.wallClock });
  /** What a process's way to the store does instead. */
  readonly clock = { now: () => this.nowMs as Instant, monotonicMs: () => this.nowMs, later: after };

  constructor(lineage: Lineage | null) {
    this.lineage = lineage;
  }

  /** Another engine, or an older state of this one, answers from now on. */
  fallBackTo(store: RecordStore, id: string, keptUntil: number): void {
    this.store = store;
    this.lineage = { id, keptUntil: instant(keptUntil) };
  }

  async process(): Promise<{ watch: AuthorityWatch; losses: Loss[]; way: Way }> {
    const losses: Loss[] = [];
    const way = new Way(this);
    const opened = await openAuthority(way.store, { check: "c", identity: () => "id", random });
    const lost = (loss: Loss): void => void losses.push(loss);
    const { clock } = this;
    const watch = new AuthorityWatch({ store: way.store, opened, clock, random, retryWithinMs: RETRY_MS, lost });
    await watch.look();
    return { watch, losses, way };
  }
}

class Way {
  isCut = false;
  isSilent = false;
  swapsLost = 0;
  readonly store: RecordStore;

  constructor(shared: Shared) {
    const reach = <T>(call: (store: RecordStore) => Promise<T>): Promise<T> =>
      this.isSilent
        ? new Promise(() => {})
        : this.isCut
          ? Promise.reject(new StoreError("unavailable", "cut off"))
          : call(shared.store);
    this.store = {
      name: "shared",
      guarantees: shared.store.guarantees,
      now: () => reach((store) => store.now()),
      lineage: () => reach(async () => shared.lineage),
      read: (key) => reach((store) => store.read(key)),
      swap: async (swap) => {
        const swapped = await reach((store) => store.swap(swap));
        if (this.swapsLost-- > 0) throw new StoreError("in_doubt", "no answer");
        return swapped;
      },
      due: async () => [],
      drop: async () => {},
      close: async () => {},
    };
  }
}

const KEPT = { id: "1/00000001/5", keptUntil: instant(T0) };

async function copyOf({ store, wallClock }: Shared): Promise<RecordStore> {
  const copy = memoryStore({ wallClock });
  const row = await store.read(AUTHORITY_KEY);
  if (row !== null) await copy.swap({ key: AUTHORITY_KEY, expect: null, next: row, publish: null });
  return copy;
}

test("a store that stays what it was opens no quarantine, and its row is not written again", async () => {
  const shared = new Shared(KEPT);
  const { watch, losses } = await shared.process();
  const before = await shared.store.read(AUTHORITY_KEY);
  shared.nowMs += 5_000;
  await watch.look();
  assert.deepEqual([watch.quarantine(), losses, watch.isFresh()], [null, [], true]);
  assert.deepEqual(await shared.store.read(AUTHORITY_KEY), before);
});

test("another history opens a quarantine from a minute before what it kept, and raises the epoch", async () => {
  const shared = new Shared(KEPT);
  const { watch, losses } = await shared.process();
  shared.nowMs += 600_000;
  shared.fallBackTo(await copyOf(shared), "1/00000002/5", T0 + 500_000);
  await watch.look();
  const until = shared.nowMs + 12_000;
  assert.deepEqual(watch.quarantine(), { since: T0 + 440_000, until, endsAt: until + RETRY_MS });
  assert.equal(watch.authority.epoch, 2);
  assert.equal(losses[0]?.why, "the store's history is 1/00000002/5 and was 1/00000001/5");
  assert.equal(watch.isFresh(), true);
});

test("a process that starts on another history than the last one was opened with opens the quarantine too", async () => {
  const shared = new Shared(KEPT);
  await shared.process();
  shared.fallBackTo(await copyOf(shared), "2/00000001/5", T0);
  const { watch, losses } = await shared.process();
  assert.equal(watch.quarantine()?.since, T0 - 60_000);
  assert.equal(losses.length > 0, true);
});

test("from the moment it finds another history until the loss is written down, a process claims nothing", async () => {
  const shared = new Shared(KEPT);
  const { watch, losses, way } = await shared.process();
  shared.fallBackTo(await copyOf(shared), "1/00000002/5", T0);
  way.swapsLost = 1;
  await assert.rejects(watch.look(), StoreError);
  assert.equal(watch.isFresh(), false);
  assert.notEqual(watch.quarantine(), null, "it is in force here even before it is written down");
  assert.equal(losses.length, 1, "what was remembered is forgotten at once");
  await watch.look();
  assert.equal(watch.isFresh(), true);
  assert.equal(watch.authority.quarantines.length, 1, "the write of unknown fate is not made twice");
});

test("of two processes that find the same loss, the second takes the quarantine of the first", async () => {
  const shared = new Shared(KEPT);
  const [a, b] = [await shared.process(), await shared.process()];
  shared.fallBackTo(await copyOf(shared), "1/00000002/5", T0 + 1_000);
  await a.watch.look();
  // By now the new history has marks of its own, which say nothing of when it began.
  shared.lineage = { id: "1/00000002/5", keptUntil: instant(T0 + 90_000) };
  await b.watch.look();
  assert.deepEqual(b.watch.quarantine(), a.watch.quarantine());
  assert.equal(b.watch.authority.epoch, 2);
});

test("a declared loss reaches every process by its next look, and one that cannot look claims nothing after 6 s", async () => {
  const shared = new Shared(null);
  const [a, b] = [await shared.process(), await shared.process()];
  const loss = await a.watch.declare(instant(T0 - 50_000), "by ana: restored the backup of noon");
  b.way.isCut = true;
  shared.nowMs += 5_999;
  await assert.rejects(b.watch.look());
  assert.equal(b.watch.isFresh(), true);
  assert.ok(shared.nowMs < loss.until, "what b claims until then lies within the loss");
  shared.nowMs += 2;
  assert.equal(b.watch.isFresh(), false);
  b.way.isCut = false;
  await b.watch.look();
  assert.deepEqual([b.watch.isFresh(), b.watch.quarantine()?.since], [true, T0 - 50_000]);
  assert.equal(b.losses.length, 1);
});

test("who may have claimed in ignorance after a loss's end, because it was written down slowly, makes it longer", async () => {
  const shared = new Shared(null);
  const [a, b] = [await shared.process(), await shared.process()];
  const written = shared.store.swap.bind(shared.store);
  shared.store.swap = async (swap) => {
    shared.nowMs += 20_000;
    await b.watch.look();
    return await written(swap);
  };
  const loss = await a.watch.declare(instant(T0 - 1), "a restore");
  shared.store.swap = written;
  shared.nowMs += 5_000;
  assert.ok(b.watch.isFresh() && loss.until < shared.nowMs, "b has just claimed, and does not know");
  await b.watch.look();
  assert.ok(b.watch.quarantine()!.until >= shared.nowMs + 12_000);
  shared.nowMs += 5_000;
  await b.watch.look();
  await a.watch.look();
  assert.equal(a.watch.authority.quarantines.length, 2, "once, and by nobody else");
});

test("a store that does not answer is asked again: silence is not the last that is heard", async () => {
  const shared = new Shared(KEPT);
  const { watch, way } = await shared.process();
  way.isSilent = true;
  await assert.rejects(watch.look(), StoreError);
  way.isSilent = false;
  await watch.look();
  assert.equal(watch.isFresh(), true);
});

test("a quarantine that was lost with the history is written again by whoever remembers it", async () => {
  const shared = new Shared(KEPT);
  const old = await copyOf(shared);
  const { watch } = await shared.process();
  const before = await copyOf(shared);
  await watch.declare(instant(T0 - 900_000), "declared");
  shared.fallBackTo(before, "1/00000002/5", T0);
  await watch.look();
  assert.equal(watch.quarantine()?.since, T0 - 900_000);
  assert.equal(watch.authority.quarantines.length, 2);
  assert.ok(old);
});

test("a history without an authority gets one, with all that is known", async () => {
  const shared = new Shared(KEPT);
  const { watch } = await shared.process();
  shared.fallBackTo(memoryStore({ wallClock: shared.wallClock }), "9/00000001/1", 0);
  await watch.look();
  assert.equal(watch.quarantine()?.since, 0);
  assert.notEqual(await shared.store.read(AUTHORITY_KEY), null);
});

test("a quarantine ends after the time for which clients retry, and its entry goes with the next one", async () => {
  const shared = new Shared(null);
  const { watch } = await shared.process();
  await watch.declare(instant(T0), "first");
  shared.nowMs += RETRY_MS + 12_001;
  assert.equal(watch.quarantine(), null);
  await watch.declare(instant(T0), "second");
  assert.deepEqual(
    watch.authority.quarantines.map(({ why }) => why),
    ["second"],
  );
});

test("a store that begins to tell of its history has lost nothing by it", async () => {
  const shared = new Shared(null);
  await shared.process();
  shared.lineage = KEPT;
  const { watch, losses } = await shared.process();
  assert.deepEqual([watch.quarantine(), losses, watch.authority.lineage], [null, [], KEPT.id]);
});

test("what keys are named by is kept with the store, and judged before it is replaced", async () => {
  const shared = new Shared(null);
  const [a, b] = [await shared.process(), await shared.process()];
  const seen: (string | null)[] = [];
  const judge = (kept: string | null): void => {
    seen.push(kept);
    if (kept === "old") throw new Error("renamed");
  };
  await a.watch.keepNames("new", judge);
  await b.watch.keepNames("new", judge);
  await b.watch.keepNames("old", judge);
  await assert.rejects(a.watch.keepNames("new", judge), /renamed/);
  assert.deepEqual(seen, [null, "new", "new", "old"]);
  await a.watch.declare(instant(T0), "a loss");
  assert.equal(a.watch.authority.names, "old", "a quarantine does not forget them");
});
