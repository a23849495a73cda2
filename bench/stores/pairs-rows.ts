import { forkFile } from "../child.ts";
import type { PairsName, PairsSlot } from "../pairs/pairs.ts";
import { measureRounds, type Round, type Slot } from "../round.ts";
import { type Finding, finding, type Goal } from "../row.ts";
import { type DatabaseName, withDatabase } from "../servers.ts";
import type { Run } from "./run.ts";

const POSTGRES: Goal = {
  figure: "5 PostgreSQL store, 32 callers: pairs/s, against INSERT + UPDATE for each, pool of 20",
  of: "perSecond",
  name: "postgres",
  than: "naive postgres",
  better: "higher",
  must: 5,
  aim: 9,
};

/** Cassandra takes seconds for a table. */
const TABLES_WITHIN_MS = 60_000;

/** Row 5, with as many callers as a process has requests under way on a calm day, and on a busy one. */
export async function postgresRow(run: Run): Promise<Finding[]> {
  return await withDatabase(run.folder, "postgres", async ({ url, pid }) => {
    const few = await pairRounds(run, "postgres", url, pid, 32);
    const many = await pairRounds(run, "postgres", url, pid, 256);
    const shown = { must: null, aim: null };
    const busy = POSTGRES.figure.replace("32 callers", "256 callers");
    return [
      finding(few, POSTGRES),
      finding(few, cpuOf(POSTGRES)),
      finding(many, { ...POSTGRES, ...shown, figure: busy }),
      finding(many, cpuOf({ ...POSTGRES, figure: busy })),
    ];
  });
}

/** Row 8. Nothing is asked of it: neither server is the one that runs in production. */
export async function otherRows(run: Run): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, words] of [
    ["dynamodb", "DynamoDB Local: pairs/s, against a conditional put + update for each"],
    ["cassandra", "Cassandra, one node: pairs/s, against INSERT IF NOT EXISTS + UPDATE for each"],
  ] as const) {
    const rounds = await withDatabase(run.folder, name, ({ url, pid }) => pairRounds(run, name, url, pid, 32));
    const goal = { ...POSTGRES, name, than: `naive ${name}`, figure: `8 ${words}, 32 callers`, must: null, aim: null };
    findings.push(finding(rounds, goal), finding(rounds, cpuOf(goal)));
  }
  return findings;
}

/** The same slots by what they cost: the process of the callers and the server together. */
function cpuOf(goal: Goal): Goal {
  const figure = goal.figure.replace("pairs/s", "CPU a pair, caller and server");
  return { ...goal, figure, of: "allMicros", better: "lower", must: null, aim: null };
}

async function pairRounds(
  { settings, heard }: Run,
  database: Exclude<DatabaseName, "redis">,
  url: string,
  server: number,
  callers: number,
): Promise<Round[]> {
  const { warmMs, slotMs, rounds } = settings;
  const names = [`naive ${database}`, database] as const satisfies readonly PairsName[];
  const measure = async (name: string): Promise<Slot> => {
    const slot: PairsSlot = { name: name as PairsName, url, callers, server, warmMs, slotMs };
    return (await forkFile<Slot>("./pairs.ts", [JSON.stringify(slot)], TABLES_WITHIN_MS + warmMs + slotMs)).first;
  };
  return await measureRounds(names, rounds, measure, heard);
}
