import { KEY_BYTES_MAX, SWAP_REPEAT_MS } from "@semel/core/record";
import type { Bound } from "./quantity.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const KIB = 1_024;
const MIB = 1_024 * KIB;

export const SEND_WITHIN: Bound = {
  min: 100,
  max: MINUTE,
  why: "a claim takes milliseconds, and every ms here is lease",
};
export const DEADLINE: Bound = {
  min: 100,
  max: 15 * MINUTE,
  why: "no payment is answered sooner, no client waits longer",
};
export const DOUBT_AFTER: Bound = {
  min: SECOND,
  max: 30 * DAY,
  why: "nobody can act on doubt sooner, or should later",
};
export const RETRY_WITHIN: Bound = {
  min: SECOND,
  max: 90 * DAY,
  why: "it ends a quarantine, and no client retries longer",
};
/** One second is for tests and demos; 400 days let a yearly job repeat itself. */
export const RETAIN: Bound = { min: SECOND, max: 400 * DAY, why: "providers keep answers 30 minutes to 31 days" };
export const WAIT: Bound = { min: 0, max: 5 * MINUTE, why: "a waiting client holds a connection" };
export const CLIENT_TIMEOUT: Bound = { min: 100, max: HOUR, why: "it is how long a client waits for one answer" };

export const WINDOW: Bound = { min: SECOND, max: 400 * DAY, why: "it is how long the upstream remembers our key" };
export const SETTLE_AFTER: Bound = { min: 0, max: 30 * DAY, why: 'it is when the upstream\'s "no" becomes final' };
export const ANSWERS_WITHIN: Bound = { min: 1, max: HOUR, why: "it is the upstream's own limit for one answer" };
export const CONNECT: Bound = { min: 10, max: MINUTE, why: "a host that is up accepts within a second or two" };
export const IDLE: Bound = {
  min: 1,
  max: 10 * MINUTE,
  why: "a connection kept longer than the upstream keeps it makes doubt",
};
export const IN_FLIGHT: Bound = { min: 1, max: 10_000, why: "each is a connection" };

/** PayPal takes 1,000 characters on some of its APIs, the longest that we know of. */
export const KEY_BYTES: Bound = { min: 8, max: 1_024, why: `providers take 36 to 1,000 bytes, most ${KEY_BYTES_MAX}` };
export const REQUEST_BYTES: Bound = { min: KIB, max: 16 * MIB, why: "a body is held in memory until it is answered" };
export const ANSWER_BYTES: Bound = { min: KIB, max: 16 * MIB, why: "an answer is sealed and stored whole" };
export const HEADERS: Bound = { min: 8, max: 256, why: "providers send 20 to 30" };
export const WAITERS: Bound = { min: 0, max: 1_024, why: "each holds a connection" };

export const ROUTES_MAX = 500;
export const UPSTREAMS_MAX = 100;

/** A horizon is this many times as long as anything that it must outlive. */
const HORIZON_FACTOR = 10;
const HORIZON_MS_MAX = 3_650 * DAY;

/**
 * A first claim that is delayed until its row was dropped would be a first request again. It may come as late as a
 * request lives, and on a durable store as long as a swap of unknown fate is repeated.
 */
export function horizonBound(leaseMs: number, durable: boolean): Bound {
  const lifeMs = leaseMs + (durable ? SWAP_REPEAT_MS : 0);
  const why = durable
    ? "ten times what a request (lease) and a repeated write (5m) may live, so that none lands on a forgotten key"
    : "ten times what a request may live (its lease), so that none lands on a forgotten key";
  return { min: HORIZON_FACTOR * lifeMs, max: HORIZON_MS_MAX, why };
}
