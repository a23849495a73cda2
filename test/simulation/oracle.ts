import { type Fence, fenceClock, type KeyRecord, type RecordKey, type Row } from "@semel/core/record";
import type { Authority, Landed } from "./authority.ts";
import type { Effect, Order } from "./bank.ts";
import { writeOnceFault } from "./checker/write-once.ts";
import type { Intent } from "./client.ts";
import { EPOCH_MS, type Process } from "./machine.ts";
import type { Plan } from "./plan.ts";
import { canariesOf, isFinal, newStory, recordOf, type Story, sawOf, type Told } from "./story.ts";
import type { Timeline } from "./timeline.ts";

export type Violation = Readonly<{ invariant: string; at: number; key: string; what: string }>;

/** Watches a run from outside and knows what must never be. Truth is the upstream's ledger, not ours. */
export class Oracle {
  readonly violations: Violation[] = [];
  /** Clocks are ahead by less than a second, and a fence by a few writes: unless a clock is turned on purpose. */
  clockAheadMsMax = 2_000;
  /**
   * Claims that nobody made: a copy of one that had lost to a row landed after that row was dropped. Nothing is sent under it, and
   * without a rung its key ends in doubt. Known, counted, and told with every run.
   */
  lateCopies = 0;
  readonly stories = new Map<string, Story>();
  readonly #byRun = new Map<RecordKey, Story>();
  readonly #nothing = new Set<string>();
  /** Who wrote what: a claim's fence is its attempt's id. */
  readonly #owners = new Map<Fence, Process>();
  readonly #plan: Plan;
  readonly #timeline: Timeline;
  readonly #authority: Authority;

  constructor(plan: Plan, timeline: Timeline, authority: Authority) {
    this.#plan = plan;
    this.#timeline = timeline;
    this.#authority = authority;
  }

  storyOf({ account, key }: Pick<Intent, "account" | "key">): Story {
    const name = `${account}/${key}`;
    let story = this.stories.get(name);
    if (story === undefined) {
      story = newStory({ account, key });
      this.stories.set(name, story);
      this.#byRun.set(story.run, story);
    }
    return story;
  }

  /** The first byte of an order has left: what must not even be tried. */
  sent(order: Order, process: Process): void {
    const story = this.#storyNamed(order.intent);
    story.senders.add(process);
    if (this.#nothing.has(order.request))
      this.break("I7", story, `sent for ${order.request}, which was told that nothing was sent`);
    const before = story.effects[0];
    if (before === undefined) return;
    const repeats = this.#plan.policies[0].ladder.repeat !== null && before.upstreamKey === order.upstreamKey;
    if (!repeats) this.break("I7", story, `sent again after the effect at ${Math.round(before.at)}`);
  }

  /** A process has heard the operation's own answer: from here on it must not get lost, unless the process does. */
  answered(order: Order, status: number, process: Process): void {
    if (status < 300) this.#storyNamed(order.intent).heard.add(process);
  }

  took(effect: Effect): void {
    const story = this.#storyNamed(effect.intent);
    story.effects.push(effect);
    story.effectsEver += 1;
    if (this.#nothing.has(effect.request))
      this.break("I7", story, `effect of ${effect.request}, which was told that nothing was sent`);
    if (story.effects.length > 1) {
      const [first] = story.effects;
      this.break(
        "I1",
        story,
        `second effect, by ${effect.request}, after ${first!.request} at ${Math.round(first!.at)}`,
      );
      if (first!.body !== effect.body) this.break("I5", story, "effects of two different bodies");
    }
    if (story.told !== null && !story.told.success) this.break("I1", story, "an effect after a final failure");
  }

  told(told: Told): void {
    const { sent, word, status } = told;
    const story = this.storyOf(sent.intent);
    const end = this.#timeline.now;
    const final = isFinal(told);
    if (sent.at > story.droppedAt) story.operations.push({ begin: sent.at, end, saw: sawOf(told, final) });
    if (word === "unavailable") this.#nothing.add(sent.id);
    const mine = story.effects.some(({ request }) => request === sent.id);
    if (word === "unavailable" && mine)
      this.break("I7", story, `told ${status}, nothing was sent, after its own effect`);
    // Between its first byte and its last somebody else may have paid. Before the first one nobody may.
    const paidBefore = story.effects.some(({ at }) => at < sent.at);
    if (word === "noEffect" && paidBefore)
      this.break("I1", story, `told ${status}, nothing happened, after the effect`);
    if (final) this.#final(told, story);
  }

  #final({ sent, status, headers, body }: Told, story: Story): void {
    const answer = new TextDecoder().decode(body);
    const success = status < 400;
    const { receipt, intent, paid } = canariesOf(headers, answer);
    if (intent !== story.name) this.break("I4", story, `got the answer of ${intent}`);
    // With its row went the fingerprint: an upstream that is asked knows the key, and not what its first request said.
    const isForgotten = story.lost || story.droppedAt >= 0;
    if (paid !== sent.intent.body && !isForgotten) this.break("I5", story, `got the answer to another body: ${paid}`);
    if (success && story.effectsEver === 0) this.break("I1", story, "told success without an effect");
    if (!success && story.effects.length > 0) this.break("I1", story, `told failure ${status} after the effect`);
    if (story.lost) return;
    const whole = `${status} ${receipt} ${answer}`;
    if (story.told !== null && story.told.text !== whole)
      this.break("I2", story, `two answers: ${story.told.text} and ${whole}`);
    story.told ??= { at: this.#timeline.now, text: whole, success };
    this.#durable(story, status);
  }

  /** An answer that was handed out as final is in the store, however it came there. */
  #durable(story: Story, status: number): void {
    const row = this.rowOf(story);
    const state = row === null ? undefined : recordOf(row)?.state;
    if (state?.kind !== "completed")
      this.break("I3", story, `told a final answer, stored is ${state?.kind ?? "nothing"}`);
    else if (state.outcome.status !== status)
      this.break("I3", story, `told ${status}, stored is ${state.outcome.status}`);
  }

  landed({ swap, result, before, by }: Landed): void {
    if (!result.won) return;
    this.#owners.set(swap.next.fence, by);
    const story = this.#byRun.get(swap.key);
    if (story === undefined) return;
    if (before !== null && before.fence >= swap.next.fence)
      this.break("I6", story, `fence ${swap.next.fence} after ${before.fence}`);
    if (before !== null && swap.expect !== before.fence) this.break("I6", story, "a stale fence was written over");
    if (fenceClock(swap.next.fence) > EPOCH_MS + this.#timeline.now + this.clockAheadMsMax) {
      this.break("I6", story, "a fence from the far future");
    }
  }

  dropped(row: Row): void {
    const story = this.#byRun.get(row.key);
    if (story === undefined) return;
    const record = recordOf(row);
    const { now } = this.#timeline;
    const { state, open } = record ?? { state: { kind: "unreadable" } as const, open: [] };
    // Who held it only to ask has not come back within its lease, and what it would have asked about was never sent.
    const { skewMs } = this.#plan.policies[0];
    const isAskers = state.kind === "running" && state.purpose === "ask";
    const isLeft = isAskers && EPOCH_MS + now > state.leaseUntil - skewMs;
    const settled = state.kind === "completed" || ((state.kind === "idle" || isLeft) && open.length === 0);
    if (!settled) this.break("I9", story, `dropped while ${state.kind} with ${open.length} open`);
    if (state.kind === "completed" && EPOCH_MS + now < state.retainUntil - skewMs)
      this.break("I9", story, "dropped before its promised expiry");
    this.ordered(story);
    story.effects = [];
    story.told = null;
    story.droppedAt = now;
    story.operations.length = 0;
    story.senders.clear();
    story.heard.clear();
  }

  historyLost(): void {
    for (const story of this.stories.values()) {
      this.ordered(story);
      story.lost = true;
      story.told = null;
      story.operations.length = 0;
    }
  }

  rowOf({ run }: Story): Row | null {
    return this.#authority.current.get(run) ?? null;
  }

  /** Who minted it: a claim's fence is its attempt's id. */
  ownerOf(fence: Fence): Process | null {
    return this.#owners.get(fence) ?? null;
  }

  /** What clients saw can be put in one order, as of a register that is written once. */
  ordered(story: Story): void {
    const fault = story.lost ? null : writeOnceFault(story.operations);
    if (fault !== null) this.break("I2", story, fault);
  }

  /** Whether there is nothing left to wait for. */
  get isQuiet(): boolean {
    for (const story of this.stories.values()) {
      const row = this.rowOf(story);
      const record = row === null ? null : recordOf(row);
      if (record === null) continue;
      const { state, open } = record;
      const rests = state.kind === "completed" || (state.kind === "inDoubt" && !this.asks(record));
      if (!rests && !(state.kind === "idle" && open.length === 0)) return false;
    }
    return true;
  }

  /** By every policy that may be in force there is somebody to ask. */
  asks({ pins }: KeyRecord): boolean {
    return pins.ladder.ask !== null && this.#plan.policies.every(({ ladder }) => ladder.ask !== null);
  }

  #storyNamed(name: string): Story {
    const [account = "", key = ""] = name.split("/");
    return this.storyOf({ account, key });
  }

  break(invariant: string, { name }: Story, what: string): void {
    this.violations.push({ invariant, at: Math.round(this.#timeline.now), key: name, what });
  }
}
