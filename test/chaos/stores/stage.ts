import { pay, type Street } from "../customer.ts";
import type { Gateway } from "../gateway.ts";
import type { KeyHistory } from "../history.ts";
import type { Stage } from "./ground.ts";
import { metricOf } from "./metric.ts";

/** The patience of a customer. */
const REPLAY_WITHIN_MS = 2_500;

export type StageParts = Readonly<{
  histories: readonly KeyHistory[];
  gateways: readonly Gateway[];
  /** Without wires, and to a bank at its best. */
  street: Street;
  random: () => number;
  isPaying: () => boolean;
}>;

export function stageOf({ histories, gateways, street, random, isPaying }: StageParts): Stage {
  return {
    random,
    isPaying,
    answeredSince: (from) => histories.filter(({ final }) => final !== null && from <= final.at).length,
    replay: async () => {
      const history = histories[Math.floor(histories.length * street.random())];
      if (history === undefined || history.final === null) return null;
      const askedAt = performance.now();
      const told = await pay(history, street, REPLAY_WITHIN_MS);
      return told === null ? null : performance.now() - askedAt;
    },
    metric: async (name) => {
      const counts = await Promise.all(gateways.map((gateway) => metricOf(gateway, name).catch(() => 0)));
      return counts.reduce((total, count) => total + count, 0);
    },
  };
}
