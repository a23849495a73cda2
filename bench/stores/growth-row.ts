import { statfsSync } from "node:fs";
import { join } from "node:path";
import { freshPostgres } from "../../test/contract/postgres-fixture.ts";
import { forkFile } from "../child.ts";
import type { Names } from "../growth/keys.ts";
import type { GrowthTask } from "../growth.ts";
import { inFolder } from "../place.ts";
import { measureRounds, type Slot } from "../round.ts";
import { type Finding, finding, type Goal } from "../row.ts";
import { withDatabase } from "../servers.ts";
import type { Run } from "./run.ts";

const SMALL = 1_000_000;
const GROWTH = 10;
/** Ten million claims of 300 bytes take 6 GB in PostgreSQL, and its log while it is filled up to 8 more. */
const FREE_GB_MIN = 20;
/** A million rows must not become two within a slot: 40,000 claims a second add a sixth to it, and are removed after it. */
const SLOT_MS_MAX = 3_000;
const WARM_MS_MAX = 1_000;
/** So that --quick shows that everything runs. */
const QUICK_SMALL = 2_000;
const QUICK_SLOT_MS = 500;

/** Random names of ten million rows on a busy machine. */
const FILLS_WITHIN_MS = 60 * 60_000;

type Target = Readonly<{ store: GrowthTask["store"]; server: number | undefined; placeOf: (name: string) => string }>;

/** Row 10. A store of either size is filled once, and claims go to both in turn; what a slot adds is removed after it. */
export async function growthRow(run: Run): Promise<Finding[]> {
  refuseFullDisk(run.folder);
  const findings: Finding[] = [];
  for (const names of ["timed", "random"] as const) {
    findings.push(await onPostgres(run, names), await onSqlite(run, names));
  }
  return findings;
}

async function onPostgres(run: Run, names: Names): Promise<Finding> {
  return await withDatabase(run.folder, "postgres", async ({ url, pid }) => {
    const places = new Map([
      ["small", await freshPostgres(url)],
      ["large", await freshPostgres(url)],
    ]);
    return await measureGrowth(run, names, { store: "postgres", server: pid, placeOf: (name) => places.get(name)! });
  });
}

async function onSqlite(run: Run, names: Names): Promise<Finding> {
  return await inFolder(run.folder, (folder) =>
    measureGrowth(run, names, { store: "sqlite", server: undefined, placeOf: (name) => join(folder, `${name}.db`) }),
  );
}

async function measureGrowth({ settings, heard }: Run, names: Names, target: Target): Promise<Finding> {
  const { store, server, placeOf } = target;
  const warmMs = Math.min(settings.warmMs, WARM_MS_MAX);
  const slotMs = Math.min(settings.slotMs, SLOT_MS_MAX);
  const small = slotMs < QUICK_SLOT_MS ? QUICK_SMALL : SMALL;
  const rowsOf = new Map([
    ["small", small],
    ["large", small * GROWTH],
  ]);
  for (const [name, rows] of rowsOf) {
    const ms = await ask<number>({ store, names, place: placeOf(name), rows, fill: true });
    heard(`${store}, ${names} names: ${rows} rows in ${(ms / 1_000).toFixed(0)} s`);
  }
  const measure = (name: string): Promise<Slot> =>
    ask({ store, names, place: placeOf(name), rows: rowsOf.get(name)!, warmMs, slotMs, server });
  const measured = await measureRounds(["small", "large"], settings.rounds, measure, heard);
  return finding(measured, goalOf(names, store, small));
}

function goalOf(names: Names, store: GrowthTask["store"], small: number): Goal {
  const words = names === "timed" ? "names that begin with their time" : "random names";
  return {
    figure: `10 growth on ${store}, ${words}: time of a claim at ${small * GROWTH} rows, against ${small}`,
    of: "microsEach",
    name: "large",
    than: "small",
    better: "lower",
    must: names === "timed" ? 1.1 : null,
    aim: null,
  };
}

async function ask<T>(task: GrowthTask): Promise<T> {
  return (await forkFile<T>("./growth.ts", [JSON.stringify(task)], FILLS_WITHIN_MS)).first;
}

function refuseFullDisk(folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeGb = (bavail * bsize) / 1e9;
  if (freeGb >= FREE_GB_MIN) return;
  throw new Error(`Row 10 needs ${FREE_GB_MIN} GB of disk, and ${folder} has ${freeGb.toFixed(1)}: --folder DIR.`);
}
