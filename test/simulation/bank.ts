import type { Policy } from "@semel/core/record";
import type { Chance } from "./chance.ts";
import type { Faults } from "./faults.ts";
import type { Plan } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

/** A payment request as it arrives, whoever sent it. */
export type Order = Readonly<{
  upstreamKey: string | null;
  intent: string;
  request: string;
  body: string;
  /** What stands in front of the bank refuses it with this status, however often it is delivered; null: it does not. */
  refusedWith: number | null;
}>;
export type BankAnswer = Readonly<{ status: number; headers: readonly string[]; body: string }>;

export type Effect = Readonly<{
  at: number;
  intent: string;
  request: string;
  body: string;
  upstreamKey: string | null;
  /** What a question finds from then on. */
  visibleAt: number;
  answer: BankAnswer;
}>;

type Remembered = { answer: BankAnswer | null; readonly until: number };

/** What happens where a request is worked on. `effect`: money moves. */
const FATES = [
  { status: 201, effect: true, weight: 7 },
  { status: 204, effect: true, weight: 1 },
  { status: 402, effect: false, weight: 1 },
  { status: 404, effect: false, weight: 0.5 },
] as const;
const FATES_5XX = [
  { status: 502, effect: true },
  { status: 502, effect: false },
  { status: 504, effect: true },
  { status: 503, effect: false },
] as const;
const EXECUTION_MS_MAX = 400;
/** What limits, authentication, locks and filters answer before the operation, and before its idempotency layer. */
export const IN_FRONT = [401, 403, 409, 425, 429, 400, 404] as const;

/** An upstream with a ledger. Honest in what it declares, and otherwise as bad as upstreams are. */
export class Bank {
  readonly effects: Effect[] = [];
  onEffect: (effect: Effect) => void = () => {};
  readonly #plan: Plan;
  readonly #timeline: Timeline;
  readonly #chance: Chance;
  readonly #faults: Faults;
  readonly #keys = new Map<string, Remembered>();
  /** How long it remembers a key that it first sees now, and how long after its socket is gone an order sent now may take. */
  windowMs = 0;
  settleMs = 0;
  #answers = 0;

  constructor(plan: Plan, timeline: Timeline, chance: Chance, faults: Faults) {
    this.#plan = plan;
    this.#timeline = timeline;
    this.#chance = chance;
    this.#faults = faults;
    this.declares(plan.policies[0]);
  }

  declares(policy: Policy): void {
    const { repeat, ask } = policy.ladder;
    const least = this.#plan.policies[0].ladder;
    this.windowMs = Math.max(this.windowMs, repeat?.windowMs ?? 0);
    this.settleMs = Math.min(
      ask?.settleAfterMs ?? policy.undeclaredLagMs,
      least.ask?.settleAfterMs ?? policy.undeclaredLagMs,
    );
  }

  /** `visibleBy`: by then at the latest a question finds what came of the order. */
  receive(order: Order, visibleBy: number, reply: (answer: BankAnswer) => void): void {
    const { honoursKeys } = this.#plan.upstream;
    const key = honoursKeys ? order.upstreamKey : null;
    const known = key === null ? undefined : this.#keys.get(key);
    if (order.refusedWith !== null) reply(this.#answer(order.refusedWith, order, { error: "refused before it began" }));
    else if (key === null) this.#begin(order, visibleBy, reply);
    else if (known === undefined || this.#timeline.now >= known.until) this.#beginAs(key, order, visibleBy, reply);
    else if (known.answer === null) reply(this.#answer(409, order, { error: "in progress" }));
    else reply(this.#replayed(known.answer));
  }

  #beginAs(key: string, order: Order, visibleBy: number, reply: (answer: BankAnswer) => void): void {
    // It remembers from the first receipt, and not a moment longer than it declared.
    const remembered: Remembered = { answer: null, until: this.#timeline.now + this.windowMs };
    this.#keys.set(key, remembered);
    this.#begin(order, visibleBy, (answer) => {
      remembered.answer = answer;
      reply(answer);
    });
  }

  remembers({ upstreamKey }: Order): boolean {
    const known = this.#keys.get(upstreamKey ?? "");
    return known !== undefined && this.#timeline.now < known.until;
  }

  /** It takes a while, and is over by the time that the upstream has declared. */
  #begin(order: Order, visibleBy: number, reply: (answer: BankAnswer) => void): void {
    const ms = Math.min(this.#chance.skewed(0, EXECUTION_MS_MAX), visibleBy - this.#timeline.now);
    this.#timeline.after(ms, "order is executed", () => this.#execute(order, visibleBy, reply));
  }

  /** Asked what became of a key: what it can see of the effect by now. */
  find(upstreamKey: string): Effect | null {
    const { now } = this.#timeline;
    return this.effects.find((effect) => effect.upstreamKey === upstreamKey && effect.visibleAt <= now) ?? null;
  }

  #execute(order: Order, visibleBy: number, reply: (answer: BankAnswer) => void): void {
    const broken = this.#faults.strikes("upstream5xx", this.#chance);
    const fate = broken ? this.#chance.pick(FATES_5XX) : this.#fate();
    const answer = this.#answer(fate.status, order, { paid: fate.effect });
    if (fate.effect) {
      const { now } = this.#timeline;
      const { intent, request, body, upstreamKey } = order;
      const share = this.#plan.edgy ? this.#chance.nearlyOne() : this.#chance.fraction();
      const visibleAt = now + share * Math.max(0, visibleBy - now);
      const receipt = fate.status === 201 ? answer : this.#answer(201, order, { paid: true });
      const effect: Effect = { at: now, intent, request, body, upstreamKey, visibleAt, answer: receipt };
      this.effects.push(effect);
      this.onEffect(effect);
    }
    reply(answer);
  }

  #fate(): (typeof FATES)[number] {
    if (this.#plan.alwaysPays) return FATES[0];
    const drawn = this.#chance.fraction() * FATES.reduce((sum, { weight }) => sum + weight, 0);
    let before = 0;
    for (const fate of FATES) {
      before += fate.weight;
      if (drawn < before) return fate;
    }
    return FATES[0];
  }

  /** No two answers are alike: whoever runs a payment twice cannot hide it behind equal bytes. */
  #answer(status: number, { intent, body }: Order, more: object): BankAnswer {
    this.#answers += 1;
    const receipt = this.#answers;
    const canaries = ["X-Receipt", String(receipt), "X-Intent-Of", intent, "X-For", body];
    if (status === 204) return { status, headers: canaries, body: "" };
    const text = JSON.stringify({ receipt, intent, for: body, ...more });
    return { status, headers: ["Content-Type", "application/json", ...canaries], body: text };
  }

  #replayed(answer: BankAnswer): BankAnswer {
    return this.#plan.upstream.marksReplays
      ? { ...answer, headers: [...answer.headers, "Idempotent-Replayed", "true"] }
      : answer;
  }
}
