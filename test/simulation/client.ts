import type { Incoming } from "@semel/gateway/flow";
import type { Chance } from "./chance.ts";
import type { Fault } from "./faults.ts";
import type { Gateway } from "./gateway.ts";
import type { Told } from "./story.ts";
import type { Timeline } from "./timeline.ts";

/** What one client wants to happen once. */
export type Intent = Readonly<{ account: string; key: string; body: string; spelling: Spelling }>;

/** Quoted or bare, it is the same key. After a loss of history an upstream may know it in the spelling that it was first sent. */
export type Spelling = "quoted" | "bare" | "either";

/** How a client retries, as SDKs do: after connection errors and the statuses that it takes for transient. */
export type Habit = Readonly<{
  name: string;
  retries: number;
  pauseMs: number;
  pauseMsMax: number;
  /** Gives up waiting, closes the connection, and counts it as an error. */
  timeoutMs: number;
  transient: (status: number) => boolean;
}>;

const SERVER_ERRORS = (status: number): boolean => status === 409 || status >= 500;

/** Tries it, and leaves the rest to others. */
export const ONCE: Habit = {
  name: "once",
  retries: 0,
  pauseMs: 0,
  pauseMsMax: 0,
  timeoutMs: 30_000,
  transient: () => false,
};

export const HABITS: readonly Habit[] = [
  // stripe-node: 409 and 5xx, twice, 0.5 s to 8 s, never 429.
  { name: "sdk", retries: 2, pauseMs: 500, pauseMsMax: 8_000, timeoutMs: 80_000, transient: SERVER_ERRORS },
  { name: "hasty", retries: 5, pauseMs: 50, pauseMsMax: 400, timeoutMs: 700, transient: SERVER_ERRORS },
  ONCE,
  {
    name: "worker",
    retries: 12,
    pauseMs: 200,
    pauseMsMax: 4_000,
    timeoutMs: 10_000,
    transient: (s) => SERVER_ERRORS(s) || s === 429,
  },
];

/** Tries until it knows: who comes once all is well again. */
export const PATIENT: Habit = {
  name: "patient",
  retries: 200,
  pauseMs: 300,
  pauseMsMax: 2_000,
  timeoutMs: 20_000,
  transient: (status) => SERVER_ERRORS(status) || [401, 403, 425, 429].includes(status),
};

export type Sent = Readonly<{ id: string; intent: Intent; at: number; connection: { open: boolean } }>;

export type ClientParts = Readonly<{
  timeline: Timeline;
  chance: Chance;
  delayMs: number;
  /** A process that takes connections now; null: none. */
  reach: () => Gateway | null;
  strikes: (fault: Fault) => boolean;
  nextId: () => string;
  /** A process hands an answer out. */
  told: (told: Told) => void;
}>;

const bytes = new TextEncoder();

/** Sends a request, and sends it again until its habit says that it is enough. */
export function client(intent: Intent, habit: Habit, parts: ClientParts, tries = 0): void {
  const { timeline, chance, strikes } = parts;
  let over = false;
  const finish = (status: number | null): void => {
    if (over) return;
    over = true;
    const again = status === null || habit.transient(status);
    if (!again || tries >= habit.retries) return;
    const pauseMs = Math.min(habit.pauseMs * 2 ** tries, habit.pauseMsMax) * (0.5 + chance.fraction() / 2);
    timeline.after(pauseMs, "client retries", () => client(intent, habit, parts, tries + 1));
  };
  const sent = deliver(intent, parts, finish);
  const patience = strikes("clientAbort") ? chance.between(0, 500) : habit.timeoutMs;
  timeline.after(patience, "client hangs up", () => {
    if (over) return;
    sent.connection.open = false;
    finish(null);
  });
  // Somebody between the client and us sends it twice.
  if (strikes("duplicateRequest")) deliver(intent, parts, () => {});
}

const REORDERED_MS_MAX = 5_000;

function deliver(intent: Intent, parts: ClientParts, finish: (status: number | null) => void): Sent {
  const { timeline, chance, delayMs, reach, strikes, nextId, told } = parts;
  const sent: Sent = { id: nextId(), intent, at: timeline.now, connection: { open: true } };
  const way = (): number =>
    chance.skewed(0, delayMs) + (strikes("reorderedRequest") ? chance.between(0, REORDERED_MS_MAX) : 0);
  timeline.after(way(), "request arrives", () => {
    const gateway = reach();
    if (gateway === null) return finish(null);
    const { process } = gateway;
    const fall = (): void => void timeline.after(chance.skewed(0, delayMs), "connection falls", () => finish(null));
    process.onDeath(fall);
    process.hear("request is read", () => {
      gateway.answer(incoming(sent, chance)).then((flowed) => {
        if (flowed.kind === "pass") throw new Error("A request with a key passed unprotected");
        const { outgoing, word } = flowed;
        told({ sent, word, status: outgoing.status, headers: outgoing.headers, body: outgoing.body, run: gateway });
        timeline.after(way(), "answer arrives", () => finish(outgoing.status));
      }, process.failed);
    });
  });
  return sent;
}

function incoming({ id, intent, connection }: Sent, chance: Chance): Incoming {
  const { account, key, body, spelling } = intent;
  const quotes = spelling === "either" ? chance.happens(0.5) : spelling === "quoted";
  const field = quotes ? `"${key}"` : key;
  const headers = ["Idempotency-Key", field, "Content-Type", "application/json", "X-Account", account];
  return {
    method: "POST",
    target: "/payments",
    headers: [...headers, "X-Intent", `${account}/${key}`, "X-Request", id],
    body: bytes.encode(body),
    gone: () => !connection.open,
  };
}
