import { type Server, startServer } from "./child.ts";
import { startGateway } from "./gateway.ts";
import { loadOn } from "./load-on.ts";
import { inFolder } from "./place.ts";
import { measureRounds, type Slot } from "./round.ts";
import { type Finding, finding, type Goal } from "./row.ts";
import type { Settings } from "./settings.ts";

const REPLAYED_KEYS = 1_000;

const REPLAY: Goal = {
  figure: "1 replay from memory: CPU a request, against bare Fastify",
  of: "cpuMicros",
  name: "gateway",
  than: "fastify",
  better: "lower",
  must: 1.4,
  aim: 1.15,
};
const FRESH_CPU: Goal = {
  figure: "2 fresh, durable twice: CPU a request, against a plain proxy",
  of: "cpuMicros",
  name: "gateway",
  than: "proxy",
  better: "lower",
  must: 1.8,
  aim: 1.4,
};
const FRESH_RATE: Goal = {
  ...FRESH_CPU,
  figure: "3 fresh, durable twice: requests/s, against a plain proxy, both saturated",
  of: "perSecond",
  better: "higher",
  must: 0.5,
  aim: 0.65,
};

type Run = Readonly<{ settings: Settings; folder: string; heard: (line: string) => void }>;

/** Row 1. Both are asked with the same 1,000 keys; the gateway has them in its memory before the slot begins. */
export async function replayRow(run: Run): Promise<Finding[]> {
  const proofs = { fastify: "201", gateway: "Idempotency-Status: replayed" };
  return [finding(await httpRounds(run, "fastify", proofs, REPLAYED_KEYS), REPLAY)];
}

/** Rows 2 and 3 are two figures of the same slots. */
export async function freshRows(run: Run): Promise<Finding[]> {
  const proofs = { proxy: "201", gateway: "Idempotency-Status: fresh" };
  const rounds = await httpRounds(run, "proxy", proofs, 0);
  const goals: Goal[] = [];
  if (run.settings.rows.includes(2)) goals.push(FRESH_CPU);
  if (run.settings.rows.includes(3)) goals.push(FRESH_RATE);
  return goals.map((goal) => finding(rounds, goal));
}

async function httpRounds(
  { settings, folder, heard }: Run,
  peer: "fastify" | "proxy",
  proofs: Readonly<{ [name: string]: string }>,
  keys: number,
): ReturnType<typeof measureRounds> {
  const upstream = await startServer("./upstream.ts");
  const measure = (name: string): Promise<Slot> =>
    inFolder(folder, async (slotFolder) => {
      const server = await start(name, slotFolder, upstream.port, settings.profile);
      try {
        const { warmMs, slotMs } = settings;
        return await loadOn(server, { keys, before: keys === 0 ? 0 : 2, proof: proofs[name]!, warmMs, slotMs });
      } finally {
        await server.stop();
      }
    });
  try {
    return await measureRounds([peer, "gateway"], settings.rounds, measure, heard);
  } finally {
    await upstream.stop();
  }
}

/** A new process for each slot: nobody's store has grown, nobody's heap is older than the other's. */
function start(name: string, folder: string, upstreamPort: number, profile: string | null): Promise<Server> {
  switch (name) {
    case "fastify":
      return startServer("./bare-fastify.ts");
    case "proxy":
      return startServer("./plain-proxy.ts", [String(upstreamPort)]);
    default:
      return startGateway(folder, upstreamPort, profile);
  }
}
