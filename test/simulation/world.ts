import { CorruptError, type Instant, type Policy, type Quarantine, type Resolution, StoreError } from "@semel/core/record";
import { Bank, type Order } from "./bank.ts";
import { Chance } from "./chance.ts";
import { type ClientParts, client, HABITS, type Intent, PATIENT, type Spelling } from "./client.ts";
import { type Fault, Tally } from "./faults.ts";
import { Gateway } from "./gateway.ts";
import { EPOCH_MS, Machine, Process } from "./machine.ts";
import { Oracle } from "./oracle.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { ROTATION } from "./secrets.ts";
import { Authority, Connection } from "./store.ts";
import { Timeline } from "./timeline.ts";
import { wire } from "./wire.ts";

/** A place where a gateway runs: its machine, and the process that is there now. */
export type Node = {
  readonly machine: Machine;
  gateway: Gateway | null;
  store: Connection | null;
  /** A declared loss of history, as the process there knows it. */
  quarantine: Quarantine | null;
  policy: Policy;
  /** Index into the steps of a rotation of secrets. */
  vault: number;
  /** It runs the next version of Semel. */
  isNewer: boolean;
  /** For how long after its start a process counts as recovering. */
  recoveringUntil: number;
};

/** One seed's world: everything in it, wired together, from its first event to its judgement. */
export class World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly tally = new Tally();
  readonly authority: Authority;
  readonly oracle: Oracle;
  readonly bank: Bank;
  readonly nodes: Node[] = [];
  operations = 0;
  readonly words = new Map<string, number>();
  readonly notes: Readonly<{ at: number; text: string }>[] = [];
  readonly #seed: number;
  readonly #traced: boolean;
  readonly #chance: Chance;
  readonly #clientParts: ClientParts;
  /** Declared by whoever operates the store, before any process is started on it. */
  #quarantine: Quarantine | null = null;
  #processes = 0;
  #requests = 0;

  constructor(seed: number, traced = false) {
    this.#seed = seed;
    this.#traced = traced;
    this.plan = drawPlan(new Chance(seed, "plan"));
    this.#chance = new Chance(seed, "world");
    this.timeline = new Timeline(new Chance(seed, "order"));
    this.authority = new Authority(this.timeline, this.plan.docBytesMax);
    this.oracle = new Oracle(this.plan, this.timeline, this.authority);
    this.bank = new Bank(this.plan, this.timeline, new Chance(seed, "bank"), this.tally, this.isHealed);
    this.bank.onEffect = (effect) => {
      this.note(`effect for ${effect.intent} by ${effect.request}, key ${effect.upstreamKey}`);
      this.oracle.took(effect);
    };
    this.authority.onLanding = (landed) => {
      const { swap, result, by } = landed;
      this.note(`${by.name} writes ${swap.key.slice(0, 6)} ${swap.next.fence.slice(0, 16)}: ${result.won ? "won" : "lost"}`);
      this.oracle.landed(landed);
    };
    this.authority.onDrop = (row) => {
      this.note(`row ${row.key.slice(0, 6)} dropped`);
      this.oracle.dropped(row);
    };
    this.#clientParts = this.#client();
  }

  readonly isHealed = (): boolean => this.timeline.now >= this.plan.faultsUntil;

  /** No machine stands still, nor has until lately. */
  get isAwake(): boolean {
    return this.nodes.every(({ machine }) => machine.stoppedUntil + AWAKE_MS < this.timeline.now);
  }

  note(text: string): void {
    if (this.#traced) this.notes.push({ at: Math.round(this.timeline.now), text });
  }

  /** Puts everything in its place. The timeline does the rest. */
  begin(): void {
    const { plan } = this;
    for (let at = 0; at < plan.nodes; at += 1) {
      const machine = new Machine(`m${at}`, this.timeline);
      machine.aheadMs = this.#offset();
      const node: Node = {
        machine,
        gateway: null,
        store: null,
        quarantine: null,
        policy: plan.policies[0],
        vault: 0,
        isNewer: false,
        recoveringUntil: 0,
      };
      this.nodes.push(node);
      this.start(node);
    }
    this.#sendClients();
    this.timeline.after(plan.faultsUntil, "faults end", () => this.#heal());
  }

  strikes(fault: Fault): boolean {
    if (this.isHealed() || !this.#chance.happens(this.plan.rates[fault])) return false;
    this.tally.hit(fault);
    return true;
  }

  get chance(): Chance {
    return this.#chance;
  }

  /** Starts a process on a machine, on the store that is there. */
  start(node: Node): void {
    const { plan, timeline } = this;
    this.#processes += 1;
    this.#configure(node);
    const process = new Process(`p${this.#processes}`, node.machine, timeline);
    const chance = new Chance(this.#seed, process.name);
    process.failed = (error) => this.#failed(error);
    process.beforeHearing = () => {
      if (this.isHealed()) return;
      const recovering = timeline.now < node.recoveringUntil;
      if (this.strikes("pauseAtAwait")) this.pause(node, this.#chance.between(0, PAUSE_MS_MAX));
      if (this.strikes("crashAtAwait")) this.crash(node, "at an await");
      else if (recovering && this.strikes("crashInRecovery")) this.crash(node, "in recovery");
    };
    node.quarantine = this.#quarantine;
    const common = { process, plan, timeline, chance, tally: this.tally, isHealed: this.isHealed };
    const store = new Connection({ ...common, authority: this.authority, isNewer: node.isNewer });
    node.store = store;
    const onSent = (order: Order): void => {
      this.note(`${process.name} sends for ${order.intent} (${order.request}), key ${order.upstreamKey}`);
      this.oracle.sent(order, process);
    };
    const onAnswered = (order: Order, status: number): void => this.oracle.answered(order, status, process);
    const forward = wire({ ...common, bank: this.bank, onSent, onAnswered });
    node.gateway = new Gateway({
      process,
      plan,
      policy: node.policy,
      quarantine: () => node.quarantine,
      store,
      vault: ROTATION[node.vault]!,
      forward,
      chance,
      notify: (notice) => {
        // The due loop says when it could not look. It looks again.
        if (notice.notice === "failed" && !(notice.error instanceof StoreError)) this.#failed(notice.error);
      },
    });
    node.recoveringUntil = timeline.now + RECOVERY_MS;
    this.note(`${process.name} starts on ${node.machine.name}`);
    node.gateway.engine.due.start();
  }

  /** What a process is started with: a deploy changes one machine after the other. */
  #configure(node: Node): void {
    if (this.strikes("policyChange")) {
      node.policy = this.plan.policies[1];
      this.bank.declares(node.policy);
    }
    if (this.strikes("newerFormat")) node.isNewer = true;
    if (node.vault < ROTATION.length - 1 && this.strikes("secretRotation")) node.vault += 1;
  }

  crash(node: Node, why: string): void {
    const { gateway } = node;
    if (gateway === null) return;
    this.note(`${gateway.process.name} crashes ${why}`);
    node.gateway = null;
    gateway.process.die();
    const downMs = this.#chance.between(0, DOWN_MS_MAX);
    this.timeline.after(downMs, "restart", () => {
      if (node.gateway === null) this.start(node);
    });
  }

  #offset(): number {
    // Half the skew on either side of true time: no two clocks differ by more than all of it.
    const half = this.plan.policies[0].skewMs / 2;
    return (this.#chance.fraction() * 2 - 1) * half;
  }

  stepClock(node: Node): void {
    node.machine.aheadMs = this.#offset();
  }

  pause(node: Node, ms: number): void {
    this.note(`${node.machine.name} stands still for ${ms} ms`);
    node.machine.stop(ms);
  }

  suspend(node: Node, ms: number): void {
    this.note(`${node.machine.name} is suspended for ${ms} ms`);
    node.machine.suspend(ms);
  }

  /** A deploy: it takes nothing new, lets what was sent finish, and another one takes its place. */
  leave(node: Node): void {
    const { gateway } = node;
    if (gateway === null) return;
    this.note(`${gateway.process.name} leaves`);
    node.gateway = null;
    const { sendWithinMs, deadlineMs } = node.policy;
    const replace = (): void => {
      gateway.process.die();
      if (node.gateway === null) this.start(node);
    };
    gateway.engine.leave(sendWithinMs + deadlineMs + DRAIN_MARGIN_MS).then(replace, gateway.process.failed);
    // A leaving process that does not end is ended.
    this.timeline.after(LEAVE_MS_MAX, "killed while leaving", () => {
      if (gateway.process.alive) replace();
    });
  }

  /** Falls back to the last backup. Every process learns of it as it loses its connection, and starts with the quarantine. */
  loseHistory(): void {
    const { timeline, authority, plan } = this;
    const at = (ms: number): Instant => Math.floor(EPOCH_MS + ms) as Instant;
    const quarantine = { since: at(authority.backupAt), until: at(timeline.now), endsAt: at(plan.until) };
    this.note(`history since ${Math.round(authority.backupAt)} is lost`);
    void authority.loseHistory();
    this.oracle.historyLost();
    this.#quarantine = quarantine;
    for (const node of this.nodes) {
      if (this.#chance.happens(0.5)) this.crash(node, "as its store is gone");
      else timeline.after(this.#chance.between(0, RECONNECT_MS_MAX), "reconnects", () => this.#learns(node));
    }
  }

  /** A process that lived through it learns of the loss before it can write again. */
  #learns(node: Node): void {
    node.quarantine = this.#quarantine;
    node.store?.reconnect();
  }

  /** Somebody looks at the upstream's ledger and says what is there. */
  operate(node: Node): void {
    const { gateway } = node;
    const story = this.#chance.pick([...this.oracle.stories.values()]);
    if (gateway === null || story === undefined) return;
    const { process, engine } = gateway;
    const outcome = { sense: "success", status: 201, source: "operator", digest: null } as const;
    const lookedAt = process.clock.now();
    const resolution: Resolution =
      story.effects.length > 0 ? { kind: "effect", outcome, answer: null } : { kind: "noEffect", lookedAt };
    const command = { kind: "resolve", resolution, note: "seen in the ledger", identity: null } as const;
    this.note(`operator looks at ${story.name}: ${resolution.kind}`);
    process.after(this.#chance.skewed(0, LOOK_MS_MAX), "operator", () => {
      engine.resolve(story.run, "POST /payments", command).then(
        ({ kind }) => this.note(`operator is told ${kind}`),
        (error) => {
          // A row that this version cannot read is left to the next one.
          if (error instanceof CorruptError) this.note("operator is told that the row cannot be read");
          else process.failed(error);
        },
      );
    });
  }

  outage(ms: number): void {
    this.note(`the store is out of reach for ${ms} ms`);
    this.authority.outUntil = this.timeline.now + ms;
  }

  #client(): ClientParts {
    return {
      timeline: this.timeline,
      chance: this.#chance,
      delayMs: this.plan.delays.client,
      reach: () => {
        const up = this.nodes.filter(({ gateway }) => gateway !== null);
        return up.length === 0 ? null : this.#chance.pick(up).gateway;
      },
      strikes: (fault) => this.strikes(fault),
      nextId: () => `r${++this.#requests}`,
      told: (told) => {
        this.operations += 1;
        this.words.set(told.word, (this.words.get(told.word) ?? 0) + 1);
        this.note(
          `${told.run.process.name} tells ${told.sent.id} (${told.sent.intent.account}/${told.sent.intent.key}): ${told.status} ${told.word}`,
        );
        this.oracle.told(told);
      },
    };
  }

  #sendClients(): void {
    const { plan } = this;
    const keys = Array.from({ length: plan.keys }, (_, at) => ({
      key: `k${at + 1}`,
      from: this.#chance.fraction() * plan.faultsUntil * 0.7,
    }));
    for (let at = 0; at < plan.clients; at += 1) {
      const { key, from } = this.#chance.pick(keys);
      const late = this.#chance.happens(plan.rates.lateRetry);
      const intent = this.#intent(key);
      this.timeline.after(from + this.#delayMs(late), "client begins", () => {
        if (late) this.tally.hit("lateRetry");
        client(intent, this.#chance.pick(HABITS), this.#clientParts);
      });
    }
  }

  /** Clients of a key come together, or as the upstream is about to forget it, or long after. */
  #delayMs(late: boolean): number {
    const { policies, faultsUntil } = this.plan;
    if (late) return this.#chance.fraction() * faultsUntil;
    const { ladder, sendWithinMs, deadlineMs } = policies[0];
    if (ladder.repeat !== null && this.#chance.happens(0.4)) {
      return Math.max(0, ladder.repeat.windowMs - this.#chance.fraction() * 3 * (sendWithinMs + deadlineMs));
    }
    return this.#chance.skewed(0, 10_000);
  }

  #intent(key: string): Intent {
    const account = this.strikes("otherAccount") ? "b" : "a";
    const body = this.strikes("otherBody") ? `other ${key}` : `pay ${key}`;
    this.oracle.storyOf({ account, key });
    return { account, key, body, spelling: this.#spelling(key) };
  }

  #spelling(key: string): Spelling {
    if (this.plan.rates.historyLoss === 0) return "either";
    return key.endsWith("1") ? "quoted" : "bare";
  }

  /** From here on nothing goes wrong, and for half of the keys somebody comes who wants to know. */
  #heal(): void {
    this.note("faults end");
    this.authority.outUntil = 0;
    const isNewer = this.nodes.some((node) => node.isNewer);
    const vault = Math.max(...this.nodes.map((node) => node.vault));
    for (const node of this.nodes) {
      const isOld = node.isNewer !== isNewer || node.vault !== vault;
      Object.assign(node, { isNewer, vault });
      if (isOld) this.crash(node, "to be replaced, as the deploy ends");
      if (node.gateway === null) this.start(node);
    }
    for (const { name } of this.oracle.stories.values()) {
      if (this.#chance.happens(0.5)) continue;
      const [account = "", key = ""] = name.split("/");
      const intent: Intent = { account, key, body: `pay ${key}`, spelling: this.#spelling(key) };
      this.timeline.after(this.#chance.between(0, 3_000), "somebody asks", () =>
        client(intent, PATIENT, this.#clientParts),
      );
    }
  }

  #failed(error: unknown): void {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.oracle.violations.push({ invariant: "error", at: Math.round(this.timeline.now), key: "", what });
  }
}

/** A process stands still for longer than any lease of these worlds, and for a third of the shortest horizon at most. */
export const PAUSE_MS_MAX = 10_000;
const AWAKE_MS = 5_000;
const LOOK_MS_MAX = 8_000;
const RECOVERY_MS = 2_000;
const DOWN_MS_MAX = 3_000;
const RECONNECT_MS_MAX = 2_000;
const DRAIN_MARGIN_MS = 2_000;
const LEAVE_MS_MAX = 9_000;
