import { setTimeout as sleep } from "node:timers/promises";
import type { Gateway } from "../gateway.ts";
import { type Fault, type Stage, TAKEOVER_MS } from "./ground.ts";

/** Time for payments between one fault and the next. */
const GAP_MS_MIN = 500;
const GAP_MS_MAX = 3_000;
/** A stop must outlast the lease and the skew: then the key may be anybody's. */
const STOPPED_MS_MIN = TAKEOVER_MS + 500;

export function pauseMs(random: () => number): number {
  return GAP_MS_MIN + (GAP_MS_MAX - GAP_MS_MIN) * random();
}

/** Faults of the servers and of single gateways, without end: first one of each in their order, then in any order. */
export function* faultsFrom(
  ofGround: Readonly<Record<string, Fault>>,
  gateways: readonly Gateway[],
  random: () => number,
): Generator<readonly [name: string, fault: Fault], never> {
  const anyOf = (): Gateway => gateways[Math.floor(gateways.length * random())]!;
  const cards: (readonly [string, Fault])[] = [
    ["gatewayKill", () => anyOf().kill()],
    ...Object.entries(ofGround),
    ["gatewayPause", (stage) => pauseGateway(anyOf(), stage)],
  ];
  yield* cards;
  for (;;) {
    const left = [...cards];
    while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
  }
}

async function pauseGateway(gateway: Gateway, { random }: Stage): Promise<void> {
  gateway.signal("SIGSTOP");
  await sleep(STOPPED_MS_MIN + 1_000 * random());
  gateway.signal("SIGCONT");
}
