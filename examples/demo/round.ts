import { setTimeout as sleep } from "node:timers/promises";
import { type Bank, createBank, seededRandom } from "@semel/demo-bank";
import { isFinal, type Payment, pay, type Weather } from "./client.ts";

export type Tally = Readonly<{ payments: number; effects: number; chargedTwice: number; lost: number }>;
/** `once`: how many were charged exactly once. */
export type Round = Readonly<{ tally: Tally; once: number }>;
export type Progress = Readonly<{ started: number; answered: number; tries: number; effects: number }>;

/** A client retries until a final answer, or for this long. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 300;
/** Payments begin one after the other at this distance, so that a kill meets some of them in the middle. */
const APART_MS = 60;

/** The network's share of each fault, the same for both rounds. What is left is fair weather. */
const FAULTS: readonly (readonly [share: number, weather: Weather])[] = [
  [0.2, { fault: "drop-after", hangUpAfterMs: null }],
  [0.08, { fault: "drop-before", hangUpAfterMs: null }],
  [0.08, { fault: "slow-after=2000", hangUpAfterMs: null }],
  [0.12, { fault: "slow=80", hangUpAfterMs: 60 }],
];
const FAIR: Weather = { fault: "slow=20", hangUpAfterMs: null };

/** N customers pay once each, through bad weather, with retries. `url`: where they send, the bank or Semel before it. */
export async function round(
  payments: number,
  seed: number,
  open: (bank: Bank) => Promise<Readonly<{ url: string; close: () => Promise<void> }>>,
  show: (progress: Progress) => void,
): Promise<Round> {
  const bank = await createBank();
  const door = await open(bank);
  const random = seededRandom(seed);
  const told = new Map<string, boolean | null>();
  const counts = { started: 0, answered: 0, tries: 0 };
  const report = (): void => show({ ...counts, effects: bank.ledger.count().payments });
  const ticking = setInterval(report, 100);
  try {
    const customers = Array.from({ length: payments }, async (_, at) => {
      await sleep(at * APART_MS);
      counts.started += 1;
      const payment = { reference: `order-${at + 1}`, key: `key-${seed}-${at + 1}` };
      told.set(payment.reference, await insist(door.url, payment, random, () => (counts.tries += 1)));
      counts.answered += 1;
    });
    await Promise.all(customers);
    report();
    return tally(bank, told);
  } finally {
    clearInterval(ticking);
    await door.close();
    await bank.close();
  }
}

/** True: told success. False: told refusal. null: never told. */
async function insist(url: string, payment: Payment, random: () => number, tried: () => void): Promise<boolean | null> {
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    tried();
    const { status, retryAfterMs } = await pay(url, payment, weather(random()));
    if (isFinal(status)) return status < 400;
    await sleep((retryAfterMs ?? PAUSE_MS) * (0.5 + random()));
  }
  return null;
}

function weather(dice: number): Weather {
  let reached = 0;
  for (const [share, found] of FAULTS) {
    reached += share;
    if (dice < reached) return found;
  }
  return FAIR;
}

/** The bank's own ledger decides: what clients were told is held against it. */
function tally(bank: Bank, told: ReadonlyMap<string, boolean | null>): Round {
  const { payments: effects, chargedTwice, byReference } = bank.ledger.count();
  let lost = 0;
  for (const [reference, success] of told) {
    const paid = (byReference[reference] ?? 0) > 0;
    if (success === null || (success && !paid)) lost += 1;
  }
  const once = [...told.keys()].filter((reference) => byReference[reference] === 1).length;
  return { tally: { payments: told.size, effects, chargedTwice, lost }, once };
}
