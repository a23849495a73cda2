import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { withMount } from "../../../../../test/contract/mount.ts";
import { withTree } from "../../../../../test/tidy/tree.ts";
import { type Fence, instant, type RecordKey, type Row, StoreError, type Swap } from "../../record/index.ts";
import { sqliteStore } from "./index.ts";

/** Claims and completes keys as fast as it can, and says each fence as soon as it is acknowledged. */
const LOAD = `
  import { sqliteStore } from "${join(import.meta.dirname, "index.ts")}";
  const [path, docBytes] = [process.argv[2], Number(process.argv[3])];
  const store = await sqliteStore({ path });
  let count = 0;
  const row = (key) => ({ key, fence: (++count).toString(16).padStart(32, "0"), dueAt: 1, doc: new Uint8Array(docBytes) });
  const call = async (caller) => {
    for (let i = 0; ; i++) {
      const claim = row(caller + "-" + i);
      await store.swap({ key: claim.key, expect: null, next: claim, publish: null });
      process.stdout.write(claim.key + " " + claim.fence + "\\n");
      const done = row(claim.key);
      await store.swap({ key: claim.key, expect: claim.fence, next: done, publish: { ...done, epoch: 1, kind: "completed" } });
      process.stdout.write(done.key + " " + done.fence + "\\n");
    }
  };
  for (let caller = 0; caller < 16; caller++) void call(caller);
`;

type Load = ChildProcessByStdio<null, Readable, Readable>;

function startLoad(folder: string, docBytes: number, limit: string): Load {
  const command = `${limit} exec "$0" -C semel-source "$@"`;
  const args = [process.execPath, join(folder, "load.ts"), join(folder, "store.db"), `${docBytes}`];
  return spawn("sh", ["-c", command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

/** The highest fence acknowledged for each key. The last line may be cut. */
function acknowledged(output: string): Map<RecordKey, Fence> {
  const lines = output.slice(0, output.lastIndexOf("\n")).split("\n");
  return new Map(lines.map((line) => line.split(" ") as [RecordKey, Fence]));
}

async function nothingIsLost(path: string, output: string): Promise<void> {
  const fences = acknowledged(output);
  assert.ok(fences.size > 50, `only ${fences.size} keys were acknowledged: the load was too small`);
  const store = await sqliteStore({ path });
  const { entries } = await store.take(1_000_000);
  const published = new Set(entries.map(({ fence }) => fence));
  for (const [key, fence] of fences) {
    const row = await store.read(key);
    // A key's last write may have become durable just before the end, without having been said.
    assert.ok(row !== null && row.fence >= fence, `${key} was acknowledged at ${fence} and is ${row?.fence ?? "gone"}`);
    if (row.fence > fence) assert.ok(published.has(row.fence), `${key} was completed without its entry`);
  }
  await store.close();
}

test("a killed process loses nothing that it acknowledged", async () => {
  for (const afterMs of [150, 400]) {
    await withTree({ "load.ts": LOAD }, async (folder) => {
      const child = startLoad(folder, 600, "");
      const output = text(child.stdout);
      await once(child.stdout, "data");
      setTimeout(() => child.kill("SIGKILL"), afterMs);
      await nothingIsLost(join(folder, "store.db"), await output);
    });
  }
});

test("a write that fails ends the process with one sentence, and loses nothing that was acknowledged", async () => {
  await withTree({ "load.ts": LOAD }, async (folder) => {
    // A limit on the size of files, in units of 512 or 1024 bytes: the log hits it, which is an I/O error to SQLite.
    const child = startLoad(folder, 600, "ulimit -f 4000;");
    const [output, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    assert.match(
      said,
      /^semel: the store \S+store\.db failed and this process ends \(disk I\/O error .*start again: .*\n$/,
    );
    assert.equal(code, 70);
    await nothingIsLost(join(folder, "store.db"), output);
  });
});

test("a full disk refuses swaps as unavailable, and goes on when there is room", async (t) => {
  const isMounted = await withMount("size=2m", async (folder) => {
    const store = await sqliteStore({ path: join(folder, "store.db") });
    const rows = Array.from({ length: 40 }, (_, i) => rowOf(`key-${i}`, new Uint8Array(100_000)));
    const settled = await Promise.allSettled(rows.map((row) => store.swap(claimOf(row))));
    await assertAgrees(store, rows, settled);
    const refused = settled.filter((it) => it.status === "rejected").map(({ reason }) => reason as StoreError);
    assert.ok(refused.length > 0);
    for (const error of refused) {
      assert.equal(error.code, "unavailable");
      assert.match(error.message, /The disk is full: make room for the store's file/);
    }
    await store.close();
  });
  if (!isMounted) t.diagnostic("not run: nothing may be mounted here");
});

test("a damaged page is fatal: what was asked is in doubt, and so is all that is asked later", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    const first = await sqliteStore({ path });
    const rows = Array.from({ length: 200 }, (_, i) => rowOf(`key-${i}`, new Uint8Array(2_000)));
    await Promise.all(rows.map((row) => first.swap(claimOf(row))));
    await first.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 12 * 4_096, bytes.length));

    let fatal: StoreError | null = null;
    const store = await sqliteStore({ path, onFatal: (error) => (fatal = error) });
    const inDoubt = { name: "StoreError", code: "in_doubt" };
    const calls = rows.map((row) => assert.rejects(store.swap(claimOf(row)), inDoubt));
    await Promise.all(calls);
    assert.ok((fatal as StoreError | null) instanceof StoreError);
    await assert.rejects(store.swap(claimOf(rowOf("another", new Uint8Array()))), inDoubt);
    await assert.rejects(store.read(rows[0]?.key as RecordKey), inDoubt);
    await assert.rejects(store.close(), inDoubt);
  });
});

test("a file that is moved under its owner is fatal, and nothing is done to it any more", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    let wall = 1_790_000_000_000;
    let fatal: StoreError | null = null;
    const options = { path, wallClock: () => wall, onFatal: (error: StoreError) => (fatal = error) };
    const [row, other] = [rowOf("a", new Uint8Array(9)), rowOf("b", new Uint8Array(9))];
    const store = await sqliteStore(options);
    await store.swap(claimOf(row));
    renameSync(path, `${path}.moved`);
    wall += 1_000;
    const swap = assert.rejects(store.swap(claimOf(other)), {
      code: "in_doubt",
      message: /was moved, replaced or deleted/,
    });
    // Two turns: the batch before it may not have ended when the swap came.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(store.drop([row]), { code: "in_doubt" });
    await swap;
    assert.ok((fatal as StoreError | null) instanceof StoreError);
    renameSync(`${path}.moved`, path);
    const again = await sqliteStore({ path, waitLockMs: 1_000 });
    assert.notEqual(await again.read(row.key), null);
    assert.equal(await again.read(other.key), null);
    await again.close();
  });
});

function rowOf(key: string, doc: Uint8Array): Row {
  return { key: key as RecordKey, fence: `${key} 1` as Fence, dueAt: instant(1), doc };
}

function claimOf(next: Row): Swap {
  return { key: next.key, expect: null, next, publish: null };
}

async function assertAgrees(
  store: Awaited<ReturnType<typeof sqliteStore>>,
  rows: readonly Row[],
  settled: readonly PromiseSettledResult<unknown>[],
): Promise<void> {
  for (const [i, row] of rows.entries()) {
    assert.equal((await store.read(row.key)) !== null, settled[i]?.status === "fulfilled");
  }
}
