import { serverNamed } from "../../../tools/services/servers/table.ts";
import { NO_LOSS } from "../loss.ts";
import { type Options, UsageError } from "../options.ts";
import { type LaneOutcome, outcomeOf } from "./lane-outcome.ts";
import type { StoreName } from "./names.ts";
import { orStopped } from "./or-stopped.ts";
import { complaintsOf, liveLine, type StoreOutcome, tableOf } from "./outcome.ts";
import type { Run } from "./run.ts";
import { StoreLane } from "./store-lane.ts";
import { STORES } from "./table.ts";

const LIVE_EVERY_MS = 5_000;
/** A scene takes more than a minute: a run that is shorter than this is to see that the wires are connected. */
const SCENES_FROM_MINUTES = 0.5;

/** One store after the other: each has the machine to itself. */
export async function stores(
  options: Options,
  folder: string,
  say: Run["say"],
  stopped: AbortSignal,
): Promise<readonly StoreOutcome[]> {
  for (const name of options.stores) refuseAbsent(name);
  const outcomes: StoreOutcome[] = [];
  for (const name of options.stores) {
    const outcome = await chaosOn(name, { options, folder, say, stopped });
    outcomes.push(outcome);
    say(tableOf(outcome));
    for (const complaint of complaintsOf(outcome)) say(`NOT KEPT: ${complaint}`);
  }
  if (outcomes.some((it) => complaintsOf(it).length > 0)) {
    say(`seed ${options.seed}; logs and evidence are kept in ${folder}`);
  }
  return outcomes;
}

function refuseAbsent(name: StoreName): void {
  const lacks = STORES[name].servers.flatMap((server) => serverNamed(server).lacks());
  if (lacks.length === 0) return;
  throw new UsageError(`--stores ${name} needs a server that is not installed: apt-get install ${lacks.join(" ")}`);
}

async function chaosOn(name: StoreName, run: Run): Promise<StoreOutcome> {
  const lanes = [await mainLane(name, run)];
  if (run.options.minutes >= SCENES_FROM_MINUTES) {
    for (const play of STORES[name].scenes) lanes.push(await play(run));
  }
  return { name, lanes };
}

async function mainLane(name: StoreName, { options, folder, say, stopped }: Run): Promise<LaneOutcome> {
  const { seed, minutes, lyingBanks } = options;
  const { open, perSecondMax } = STORES[name];
  const perSecond = Math.min(options.perSecond, perSecondMax);
  await using ground = await open(seed, folder);
  await using lane = await StoreLane.start({ name, kind: "ask", seed, folder, ground, lyingBanks, loss: NO_LOSS });
  const startedAt = performance.now();
  const live = setInterval(() => say(liveLine((performance.now() - startedAt) / 1_000, lane)), LIVE_EVERY_MS);
  try {
    const forMs = minutes * 60_000;
    await orStopped(stopped, lane.run(perSecond, forMs));
    say(`${name}: the faults are over; everything settles`);
    return await orStopped(stopped, outcomeOf(lane, forMs, say));
  } finally {
    clearInterval(live);
  }
}
