import type { Kind } from "../kind.ts";
import { LossAt, QUARANTINE } from "../loss.ts";
import type { Ground } from "./ground.ts";
import { type LaneOutcome, outcomeOf } from "./lane-outcome.ts";
import { orStopped } from "./or-stopped.ts";
import type { Run } from "./run.ts";
import { StoreLane } from "./store-lane.ts";

/** Something that befalls a store once, on servers of its own, under payments before, during and after it. */
export type Scene<G extends Ground> = Readonly<{
  name: string;
  kind: Kind;
  /** The store forgets some of what it acknowledged. */
  loses: boolean;
  open: (folder: string) => Promise<G>;
  act: (lane: StoreLane, ground: G, loss: LossAt) => Promise<void>;
}>;

/**
 * What befalls the store takes some 20 s; then a quarantine opens for 10 s, and claims wait 6 s more (sendWithin and skew); a bank
 * that is asked must have settled, which takes 7 s more. The rest are payments as on any day.
 */
const PAYMENTS_MS = 55_000;

export async function playScene<G extends Ground>(scene: Scene<G>, prefix: string, run: Run): Promise<LaneOutcome> {
  const { options, folder, say, stopped } = run;
  await using ground = await scene.open(folder);
  const loss = new LossAt();
  const { seed, lyingBanks } = options;
  const named = { name: `${prefix}-${scene.name}`, kind: scene.kind, seed, folder, ground, lyingBanks };
  say(named.name);
  await using lane = await StoreLane.start({ ...named, loss: scene.loses ? loss : QUARANTINE });
  const played = Promise.all([lane.pay(options.perSecond, PAYMENTS_MS), scene.act(lane, ground, loss)]);
  await orStopped(stopped, played);
  const outcome = await orStopped(stopped, outcomeOf(lane, 0, say));
  const { keys, recovered, violations, unexplained, notes } = outcome;
  say(
    [
      `      ${keys} keys, ${recovered} lost and found`,
      `${violations} violations, ${unexplained} unexplained`,
      ...notes,
    ].join("; "),
  );
  return outcome;
}
