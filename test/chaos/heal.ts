import { setTimeout as sleep } from "node:timers/promises";
import { pay, type Street } from "./customer.ts";
import type { Gateway } from "./gateway.ts";
import type { KeyHistory } from "./history.ts";
import type { Load } from "./load.ts";
import type { FoundState } from "./oracle.ts";

/** After this, a key that is neither answered nor in doubt is one that nobody can explain. */
const HEAL_MS = 60_000;
const ROUND_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** More at once would be a load test. */
const AT_ONCE = 32;

/**
 * Asks once more for every key that has no final answer, until all have one or are in doubt; then once more for every answer
 * that was told. Returns what the gateway says of those that have none.
 */
export async function heal(
  load: Load,
  { street, gateway, doubtAllowed }: Healing,
): Promise<ReadonlyMap<string, FoundState>> {
  const until = performance.now() + HEAL_MS;
  const { histories } = load;
  // Doubt is a report, not an end: where a rung is left, a retry climbs it.
  const isOpen = ({ final, forgotten, inDoubt }: KeyHistory): boolean =>
    (final === null || forgotten) && !(inDoubt && doubtAllowed);
  const settle = async (): Promise<void> => {
    let open = histories.filter(isOpen);
    while (open.length > 0 && performance.now() < until) {
      await each(open, (history) => pay(history, street, TIMEOUT_MS));
      open = open.filter(isOpen);
      if (open.length > 0) await sleep(ROUND_MS);
    }
  };
  await settle();
  const unanswered = histories.filter(({ final }) => final === null);
  const states = new Map<string, FoundState>();
  await each(unanswered, async (history) => {
    // Who was told of doubt has not asked since; a late answer may have ended it.
    if ((await stateOf(history, gateway)) !== "in-doubt") await pay(history, street, TIMEOUT_MS);
    if (history.final === null) states.set(history.key, await stateOf(history, gateway));
  });
  await each(
    histories.filter(({ final }) => final !== null),
    (history) => pay(history, street, TIMEOUT_MS),
  );
  // Some were asked for the first time since the store forgot them.
  await settle();
  return states;
}

type Healing = Readonly<{ street: Street; gateway: Gateway; doubtAllowed: boolean }>;

async function stateOf({ run }: KeyHistory, gateway: Gateway): Promise<FoundState> {
  if (run === null) return "unknown";
  const shown = await gateway.show(run);
  return shown?.state ?? "unknown";
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
