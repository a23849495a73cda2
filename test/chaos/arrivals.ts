import type { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, type Told } from "./told.ts";

/** A client's patience: far above what an answer takes, so that a queue would show. */
const TIMEOUT_MS = 5_000;
/** Completed keys are asked for all the time, beside what arrives. */
const REPLAYS_PER_SECOND = 20;

/** A process that has just started runs slower than it will. */
const WARM_UP_MS = 4_000;
/** A client of the closed loop that was refused tries again so soon that no place stays free. */
const REFUSED_MS = 5;

export type Phase = Readonly<{
  perSecond: number;
  sent: number;
  answered: number;
  /** 503: refused before anything was claimed. */
  refused: number;
  failed: number;
  /** What the failed were told. */
  failures: Readonly<Record<string, number>>;
  /** Answered payments a second. */
  goodput: number;
  p50Ms: number;
  p95Ms: number;
  replays: number;
  replayed: number;
  replayP95Ms: number;
}>;

type Try = Readonly<{ told: Told | null; tookMs: number }>;

/** New payments, each tried once, that come whether or not those before them were answered. */
export class Arrivals {
  readonly #port: number;
  readonly #agent: Agent;
  readonly #seed: number;
  readonly #completed: string[] = [];
  #last = 0;

  constructor(port: number, agent: Agent, seed: number) {
    this.#port = port;
    this.#agent = agent;
    this.#seed = seed;
  }

  /** Payments a second that so many clients get answered who always wait for their answer. */
  async saturate(clients: number, forMs: number): Promise<number> {
    await this.#closedLoop(clients, WARM_UP_MS);
    return await this.#closedLoop(clients, forMs);
  }

  async #closedLoop(clients: number, forMs: number): Promise<number> {
    const startedAt = performance.now();
    let answered = 0;
    const client = async (): Promise<void> => {
      while (performance.now() - startedAt < forMs) {
        const { told } = await this.#pay(this.#newKey());
        if (told?.status === 201) answered += 1;
        else await sleep(REFUSED_MS);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    return (1_000 * answered) / (performance.now() - startedAt);
  }

  async openLoop(perSecond: number, forMs: number): Promise<Phase> {
    const startedAt = performance.now();
    const [payments, replays] = await Promise.all([
      each(perSecond, forMs, () => this.#pay(this.#newKey())),
      each(REPLAYS_PER_SECOND, forMs, () => this.#replay()),
    ]);
    const tookMs = performance.now() - startedAt;
    const answered = payments.filter(({ told }) => told?.status === 201);
    const replayed = replays.filter(({ told }) => told?.word === "replayed");
    const refused = payments.filter(({ told }) => told?.status === 503).length;
    return {
      perSecond,
      ...{ sent: payments.length, answered: answered.length, refused },
      failed: payments.length - answered.length - refused,
      failures: failuresOf(payments),
      goodput: (1_000 * answered.length) / tookMs,
      ...{ p50Ms: quantile(answered, 0.5), p95Ms: quantile(answered, 0.95) },
      ...{ replays: replays.length, replayed: replayed.length, replayP95Ms: quantile(replayed, 0.95) },
    };
  }

  async #pay(key: string): Promise<Try> {
    const tried = await this.#try(key);
    if (tried.told?.status === 201) this.#completed.push(key);
    return tried;
  }

  /** Of all completed keys in turn: most of them were never replayed before, so they come from the store. */
  async #replay(): Promise<Try> {
    const key = this.#completed[this.#last % this.#completed.length]!;
    this.#last += 1;
    return await this.#try(key);
  }

  async #try(key: string): Promise<Try> {
    const startedAt = performance.now();
    const body = JSON.stringify({ amount: 1200, currency: "EUR", reference: `order ${key}` });
    const told = await ask({ port: this.#port, key, body, fault: null, timeoutMs: TIMEOUT_MS, agent: this.#agent });
    return { told, tookMs: performance.now() - startedAt };
  }

  #count = 0;
  #newKey(): string {
    this.#count += 1;
    return `overload-${this.#seed}-${this.#count}`;
  }
}

async function each(perSecond: number, forMs: number, act: () => Promise<Try>): Promise<Try[]> {
  const startedAt = performance.now();
  const apartMs = 1_000 / perSecond;
  const acts: Promise<Try>[] = [];
  for (let at = 0; at * apartMs < forMs; at += 1) {
    const waitMs = startedAt + at * apartMs - performance.now();
    // Who is late comes at once: an open loop catches up.
    if (waitMs > 0) await sleep(waitMs);
    acts.push(act());
  }
  return await Promise.all(acts);
}

function failuresOf(payments: readonly Try[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { told } of payments) {
    if (told?.status === 201 || told?.status === 503) continue;
    const what = told === null ? "without an answer" : `${told.status} ${told.word ?? ""}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

function quantile(tries: readonly Try[], share: number): number {
  const sorted = tries.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
