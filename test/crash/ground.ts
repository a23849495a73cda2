import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteStore } from "@semel/core/store/sqlite";
import { EPOCH_MS } from "../simulation/machine.ts";
import type { Ground } from "./case.ts";
import type { GroundName } from "./flags.ts";

/** On the reference two processes share the store; a SQLite file has one owner, so its one process is killed and comes back. */
export async function onGround<T>(name: GroundName, use: (ground: Ground) => Promise<T>): Promise<T> {
  if (name === "memory") return await use({ rows: null, nodes: 2 });
  const folder = await mkdtemp(join(tmpdir(), "semel-crash-"));
  const rows = await sqliteStore({ path: join(folder, "store.db"), wallClock: () => EPOCH_MS });
  try {
    return await use({ rows, nodes: 1 });
  } finally {
    await rows.close();
    await rm(folder, { recursive: true, force: true });
  }
}
