import { dropDatabase, emptyPostgres, freshPostgres } from "../../test/contract/postgres-fixture.ts";
import { type Server, startServer } from "../child.ts";
import { startGateway } from "../gateway.ts";
import { loadOn } from "../load-on.ts";
import { inFolder } from "../place.ts";
import { measureRounds, type Slot } from "../round.ts";
import { type Finding, finding, type Goal } from "../row.ts";
import { type Database, withDatabase } from "../servers.ts";
import type { Run } from "./run.ts";

const RATE: Goal = {
  figure:
    "6 fresh on PostgreSQL: requests/s end to end, against a node:http service that does INSERT + UPDATE for each",
  of: "perSecond",
  name: "gateway",
  than: "naive postgres",
  better: "higher",
  must: 2.5,
  aim: null,
};
const CPU: Goal = {
  ...RATE,
  figure: "6 fresh on PostgreSQL: CPU a request, service and server, against that service",
  of: "allMicros",
  better: "lower",
  must: null,
};
const PROOF: Readonly<Record<string, string>> = { gateway: "Idempotency-Status: fresh", "naive postgres": "201" };

/** Row 6. Each slot is a new process with an empty database. */
export async function freshRow(run: Run): Promise<Finding[]> {
  const upstream = await startServer("./upstream.ts");
  try {
    return await withDatabase(run.folder, "postgres", async (database) => {
      const measure = (name: string): Promise<Slot> => freshSlot(name, run, database, upstream.port);
      const names = ["naive postgres", "gateway"];
      const rounds = await measureRounds(names, run.settings.rounds, measure, run.heard);
      return [finding(rounds, RATE), finding(rounds, CPU)];
    });
  } finally {
    await upstream.stop();
  }
}

async function freshSlot(name: string, run: Run, { url, pid }: Database, upstreamPort: number): Promise<Slot> {
  const { warmMs, slotMs, profile } = run.settings;
  const store = await (name === "gateway" ? freshPostgres(url) : emptyPostgres(url));
  const start = (folder: string): Promise<Server> =>
    name === "gateway"
      ? startGateway(folder, upstreamPort, profile, { store })
      : startServer("./peer.ts", [name, String(upstreamPort), store]);
  try {
    return await inFolder(run.folder, async (folder) => {
      const server = await start(folder);
      try {
        return await loadOn(server, { server: pid, keys: 0, before: 0, proof: PROOF[name]!, warmMs, slotMs });
      } finally {
        await server.stop();
      }
    });
  } finally {
    await dropDatabase(url, store);
  }
}
