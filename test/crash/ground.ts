import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** Rows of every case lie beside each other, as they do in production; a case asks for its own. */
async function onServer<T>(name: keyof typeof fixtures, use: (ground: Ground) => Promise<T>): Promise<T> {
  const fixture = await fixtures[name]!();
  try {
    const { store } = await fixture.open();
    try {
      return await use({ rows: store, nodes: 2 });
    } finally {
      await store.close();
    }
  } finally {
    await fixture.remove();
  }
}
