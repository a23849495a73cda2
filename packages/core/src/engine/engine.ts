import { type Command, type Fence, openingLeftMs, type RecordKey, type Reply, WAITERS_MAX } from "../record/index.ts";
import type { Call, EngineOptions } from "./call.ts";
import { Clocks } from "./clocks.ts";
import { Coalescer, type Flight } from "./coalesce.ts";
import { Drain } from "./drain.ts";
import { DueLoop } from "./due.ts";
import { look } from "./look.ts";
import type { Errand, Parts } from "./parts.ts";
import type { Send } from "./ports.ts";
import { Purge } from "./purge.ts";
import { command } from "./resolve.ts";
import { carry } from "./run.ts";

const UNMINTED = "0".repeat(32) as Fence;
const CONFLICT: Reply = { kind: "conflict", retryAfterMs: 1_000 };

/** The shell around `decide`: takes calls, coalesces equal keys, runs the due loop, and leaves in good order. */
export class Engine {
  readonly due: DueLoop;
  readonly #options: EngineOptions & Parts;
  readonly #coalescer = new Coalescer();
  readonly #drain: Drain;
  readonly #waiting = new Map<RecordKey, number>();
  #waiters = 0;

  constructor(options: EngineOptions) {
    const { store, clock, notify } = options;
    const clocks = new Clocks(store, clock, notify, options.storeAheadMs ?? 0);
    this.#options = {
      ...options,
      purge: new Purge(store, clock, notify),
      clocks,
      isFresh: options.isFresh ?? (() => true),
    };
    this.#drain = new Drain(options.clock);
    this.due = new DueLoop(this.#options, options.policyOf, options.ask);
  }

  get leaving(): boolean {
    return this.#drain.leaving;
  }

  get inFlight(): number {
    return this.#drain.size;
  }

  /** Answers a request: runs it, replays it, or says what is known. Never rejects. */
  handle(call: Call): Promise<Reply> {
    const flight = this.#coalescer.flight(call.key);
    return flight === null ? this.#lead(call) : this.#follow(call, flight);
  }

  /** Writes a request down that goes out whatever the store says. Resolves when it was sent, or to what stood in the way. */
  async shadow(call: Omit<Call, "slot" | "waitMs" | "waitersPerKey">): Promise<Reply> {
    const { key, request, send } = call;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const policy = () => this.#options.policyOf(request.identity.route);
    const claim: Command = { kind: "claim", attempt: UNMINTED, request, sawRow: false, shadow: true };
    this.#drain.track(carry(claim, null, { key, policy, send, ask: this.#options.ask, tell: resolve }, this.#options));
    return await promise;
  }

  async resolve(key: RecordKey, route: string, what: Command & { kind: "resolve" | "erase" }): Promise<Reply> {
    const { skewMs } = this.#options.policyOf(route);
    if (what.kind === "resolve" && !this.#options.clocks.agree(skewMs)) return { kind: "unavailable", why: "clock" };
    if (what.kind === "resolve" && !this.#options.isFresh()) return { kind: "unavailable", why: "history" };
    const send: Send = () => Promise.reject(new Error("An operator's command sends nothing"));
    const policy = () => this.#options.policyOf(route);
    return await command(key, what, { policy, send, ask: this.#options.ask }, this.#options);
  }

  /** Takes nothing new and lets what was sent finish, at most `ms`. */
  async leave(ms: number): Promise<boolean> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + ms;
    // The due loop takes no new visits from here on; those under way end, or are left to the next process.
    const stopped = this.due.stop();
    const left = await this.#drain.leave(ms);
    let cancel = (): void => {};
    const over = new Promise<boolean>((resolve) => {
      cancel = clock.later(Math.max(0, untilMs - clock.monotonicMs()), () => resolve(false));
    });
    const ended = await Promise.race([stopped.then(() => true), over]);
    cancel();
    return left && ended;
  }

  #lead(call: Call): Promise<Reply> {
    const { key, request, send } = call;
    if (this.#drain.leaving) return Promise.resolve<Reply>({ kind: "unavailable", why: "leaving" });
    const mine = request.fingerprint(null);
    if (mine === null) return Promise.resolve<Reply>({ kind: "cannotCompare", scheme: "current" });
    const { skewMs } = this.#options.policyOf(request.identity.route);
    if (!this.#options.clocks.agree(skewMs)) return look(call, "clock", this.#options);
    if (!this.#options.isFresh()) return look(call, "history", this.#options);
    // A claim that may not be made would not show what is in its way.
    const openingLeftMs = this.#openingLeftMs(request.identity.route);
    if (openingLeftMs > 0) return look(call, { openingLeftMs }, this.#options);
    if (!call.slot.take()) return look(call, "slot", this.#options);
    const { promise, resolve } = Promise.withResolvers<Reply>();
    const lead = this.#coalescer.lead(key, mine);
    const errand: Errand = {
      key,
      policy: () => this.#options.policyOf(request.identity.route),
      send,
      sent: call.slot.release,
      ask: this.#options.ask,
      claimed: lead.claimed,
      wanted: () => call.gone?.() !== true || lead.isFollowed(),
      tell: (reply) => {
        call.slot.release();
        lead.tell(reply);
        resolve(reply);
      },
    };
    const claim: Command = { kind: "claim", attempt: UNMINTED, request, sawRow: false, shadow: false };
    this.#drain.track(carry(claim, null, errand, this.#options));
    return promise;
  }

  #openingLeftMs(route: string): number {
    const policy = this.#options.policyOf(route);
    return policy.quarantine === null ? 0 : openingLeftMs(this.#options.clocks.now(policy.skewMs), policy);
  }

  /** Another request with this key is under way here. Its fingerprint is compared first: a mismatch is never a conflict. */
  async #follow(call: Call, flight: Flight): Promise<Reply> {
    const mine = call.request.fingerprint(flight.fingerprint.scheme);
    if (mine === null) return { kind: "cannotCompare", scheme: flight.fingerprint.scheme };
    if (mine.digest !== flight.fingerprint.digest) return { kind: "mismatch" };
    if (!(await flight.claimed())) return replayed(await flight.reply());
    if (call.waitMs <= 0 || !this.#mayWait(call)) return CONFLICT;
    this.#wait(call.key, 1);
    let cancel = (): void => {};
    try {
      const timeout = new Promise<Reply>((resolve) => {
        cancel = this.#options.clock.later(call.waitMs, () => resolve(CONFLICT));
      });
      return replayed(await Promise.race([flight.reply(), timeout]));
    } finally {
      cancel();
      this.#wait(call.key, -1);
    }
  }

  #mayWait({ key, waitersPerKey }: Call): boolean {
    return this.#waiters < WAITERS_MAX && (this.#waiting.get(key) ?? 0) < waitersPerKey;
  }

  #wait(key: RecordKey, change: 1 | -1): void {
    this.#waiters += change;
    const count = (this.#waiting.get(key) ?? 0) + change;
    if (count === 0) this.#waiting.delete(key);
    else this.#waiting.set(key, count);
  }
}

/** What the leader was told, as its follower hears it: the answer is a replay, and nobody else's bytes are passed on. */
function replayed(reply: Reply): Reply {
  switch (reply.kind) {
    case "answer":
      return reply.how === "mine" ? { ...reply, how: "replayed" } : reply;
    case "noEffect":
      return CONFLICT;
    default:
      return reply;
  }
}
