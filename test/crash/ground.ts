import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordStore } from "@semel/core/record";
import { sqliteStore } from "@semel/core/store/sqlite";
import { fixtures } from "../contract/fixtures.ts";
import { EPOCH_MS } from "../simulation/machine.ts";
import type { Ground } from "./case.ts";
import type { GroundName } from "./flags.ts";

/** On the reference, and on what several processes may share, two do; a SQLite file has one owner, who is killed and comes back. */
export async function onGround<T>(name: GroundName, use: (ground: Ground) => Promise<T>): Promise<T> {
  switch (name) {
    case "memory":
      return await use({ rows: null, nodes: 2 });
    case "sqlite":
      return await onSqlite(use);
    default:
      return await onServer(name, use);
  }
}

async function onSqlite<T>(use: (ground: Ground) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "semel-crash-"));
  const rows = await sqliteStore({ path: join(folder, "store.db"), wallClock: () => EPOCH_MS });
  try {
    return await use({ rows, nodes: 1 });
  } finally {
    await rows.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A look for what is due takes these stores dozens of questions, and idle loops look twice a second of simulated time. */
const SLOW: readonly GroundName[] = ["dynamodb", "cassandra"];
const LOOK_EVERY_MS = 5_000;

/** A list of what is due is a hint, and may be old: it is asked for now and then, and empty meanwhile. */
function hintingSeldom(store: RecordStore): RecordStore {
  let asked = Number.NEGATIVE_INFINITY;
  return {
    name: store.name,
    guarantees: store.guarantees,
    now: () => store.now(),
    lineage: () => store.lineage(),
    read: (key) => store.read(key),
    swap: (swap) => store.swap(swap),
    drop: (rows) => store.drop(rows),
    close: () => store.close(),
    due: async (now, limit) => {
      // Each case begins its time anew.
      if (now >= asked && now - asked < LOOK_EVERY_MS) return [];
      asked = now;
      return await store.due(now, limit);
    },
  };
}

/** Rows of every case lie beside each other, as they do in production; a case asks for its own. */
async function onServer<T>(name: GroundName, use: (ground: Ground) => Promise<T>): Promise<T> {
  const fixture = await fixtures[name]!();
  try {
    const { store } = await fixture.open();
    try {
      return await use({ rows: SLOW.includes(name) ? hintingSeldom(store) : store, nodes: 2 });
    } finally {
      await store.close();
    }
  } finally {
    await fixture.remove();
  }
}
