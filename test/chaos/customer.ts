import { setTimeout as sleep } from "node:timers/promises";
import type { KeyHistory } from "./history.ts";
import type { Loss } from "./loss.ts";
import { ask, type Told } from "./told.ts";

/** A client gives one answer up after this long, and asks again: longer than the route's deadline (1 s). */
const TIMEOUT_MS = 2_500;
/** Clients retry a key for this long at most. */
const PATIENCE_MS = 60_000;
/** Exponential backoff with full jitter, as the SDKs of payment providers do it. */
const BACKOFF_MS = 200;
const BACKOFF_MS_MAX = 8_000;

/** How a customer behaves besides paying and retrying. */
export type Manner = "plain" | "hangsUp" | "twice" | "otherBody" | "asksAgain";

export type Street = Readonly<{
  /** Where customers connect: the proxy before the gateway, or before one of several. Read for each try. */
  port: number;
  random: () => number;
  manner: () => Manner;
  /** What the bank is told to do with a try. */
  bankFault: () => string | null;
  /** Counts requests. */
  sent: () => void;
  now: () => number;
  /** True: no more waiting for anything but an answer. */
  isOver: () => boolean;
  /** What the store under the gateways is known to have forgotten. Default: nothing, ever. */
  loss?: Loss;
}>;

/** One customer pays once, and retries with the same key until a final answer, doubt, or the end of patience. */
export async function insist(history: KeyHistory, manner: Manner, street: Street): Promise<void> {
  const until = street.now() + PATIENCE_MS;
  let disputed = manner !== "otherBody";
  for (let round = 0; street.now() < until && !street.isOver(); round += 1) {
    const hangsUp = manner === "hangsUp" && round === 0;
    const timeoutMs = hangsUp ? 5 + Math.floor(75 * street.random()) : TIMEOUT_MS;
    const clients = manner === "twice" ? 2 + Math.floor(2 * street.random()) : 1;
    const told = await Promise.all(Array.from({ length: clients }, () => pay(history, street, timeoutMs)));
    if (!disputed && history.bound) disputed = await dispute(history, street);
    if (disputed && (history.final !== null || history.inDoubt)) break;
    await sleep(pauseMs(told[0] ?? null, round, street.random));
  }
  if (manner !== "asksAgain" || history.final === null) return;
  await sleep(10_000 * street.random());
  if (!street.isOver()) await pay(history, street, TIMEOUT_MS);
}

/** One try, heard by the key's history. */
export async function pay(history: KeyHistory, street: Street, timeoutMs: number): Promise<Told | null> {
  street.sent();
  const question = { port: street.port, key: history.key, body: history.body(), fault: street.bankFault(), timeoutMs };
  const told = await ask(question);
  history.hear(told, street.now());
  return told;
}

/** Sends another body under the same key. True: it got its answer, so that it is not sent again. */
async function dispute(history: KeyHistory, street: Street): Promise<boolean> {
  street.sent();
  const body = history.otherBody();
  const told = await ask({ port: street.port, key: history.key, body, fault: null, timeoutMs: TIMEOUT_MS });
  history.hearOther(told, street.now());
  return told !== null && told.status !== 503;
}

function pauseMs(told: Told | null, round: number, random: () => number): number {
  const most = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** round);
  return Math.max(told?.retryAfterMs ?? 0, 50) * (0.75 + 0.5 * random()) + most * random();
}
