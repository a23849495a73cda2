import { join } from "node:path";
import { forkFile } from "../child.ts";
import type { HorizonSlot } from "../horizon/stores.ts";
import { inFolder } from "../place.ts";
import { measureRounds, type Round, type Slot } from "../round.ts";
import { type Finding, finding, findingOf, type Goal } from "../row.ts";
import { withDatabase } from "../servers.ts";
import type { Run } from "./run.ts";

/** What one process drops at most, so that a clock that jumped unseen costs little: the goal is that stores keep up with it. */
const DROPS_PER_SECOND = 5_000;
/** Less than a process may drop in a minute. A slot ends where none is left. */
const DEAD_ROWS_MAX = 250_000;
const DEAD_ROWS_PER_SECOND = 25_000;

/** With the filling before it. */
const SLOT_WITHIN_MS = 180_000;

type HorizonRound = Slot & Readonly<{ droppedPerSecond: number }>;

/** Row 9. In half of the slots the due loop drops rows, in the others as many lie there and nobody looks at them. */
export async function horizonRow(run: Run): Promise<Finding[]> {
  const onSqlite = await horizonRounds(run, "sqlite", null);
  const onPostgres = await withDatabase(run.folder, "postgres", ({ url, pid }) =>
    horizonRounds(run, "postgres", { url, pid }),
  );
  return [...findingsOf(onPostgres, "PostgreSQL"), ...findingsOf(onSqlite, "SQLite")];
}

function findingsOf(rounds: readonly Round[], store: string): Finding[] {
  const drops = {
    figure: `9 horizon on ${store}: rows dropped a second beside 64 callers, against the ${DROPS_PER_SECOND} that a process may`,
    than: DROPS_PER_SECOND,
    must: 1,
  };
  const claims: Goal = {
    figure: `9 horizon on ${store}: payments/s of those callers while rows are dropped, against none dropped`,
    of: "perSecond",
    name: "dropping",
    than: "claims",
    better: "higher",
    must: 0.8,
    aim: null,
  };
  const slots = rounds.map((round) => round.get("dropping") as readonly HorizonRound[]);
  const dropped = slots.map((round) => round.map(({ droppedPerSecond }) => droppedPerSecond));
  return [findingOf(dropped, "dropped", drops), finding(rounds, claims)];
}

async function horizonRounds(
  { settings, folder, heard }: Run,
  store: HorizonSlot["store"],
  database: Readonly<{ url: string; pid: number }> | null,
): Promise<Round[]> {
  const { warmMs, slotMs, rounds } = settings;
  const deadRows = Math.min(DEAD_ROWS_MAX, Math.ceil((slotMs / 1_000) * DEAD_ROWS_PER_SECOND));
  const measure = (name: string): Promise<Slot> =>
    inFolder(folder, async (slotFolder) => {
      const place = database?.url ?? join(slotFolder, "semel.db");
      const times = { warmMs, slotMs, server: database?.pid };
      const slot: HorizonSlot = { store, place, deadRows, drops: name === "dropping", ...times };
      const { first } = await forkFile<HorizonRound>("./horizon.ts", [JSON.stringify(slot)], SLOT_WITHIN_MS);
      if (slot.drops) heard(`  ${store}: ${first.droppedPerSecond.toFixed(0)} rows dropped a second`);
      return first;
    });
  return await measureRounds(["claims", "dropping"], rounds, measure, heard);
}
