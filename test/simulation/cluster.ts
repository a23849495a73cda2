import { type Policy, type RecordStore, StoreError } from "@semel/core/record";
import { type AuthorityWatch, keepWatching } from "@semel/core/store/authority";
import type { Forward } from "@semel/gateway/flow";
import type { Order } from "./bank.ts";
import { Chance } from "./chance.ts";
import { Connection } from "./connection.ts";
import { Gateway } from "./gateway.ts";
import { Machine, Process } from "./machine.ts";
import { openingOf, openStore } from "./opening.ts";
import { ROTATION } from "./secrets.ts";
import { wire } from "./wire.ts";
import type { World } from "./world.ts";

/** A process stands still for longer than any lease of these worlds, and for a third of the shortest horizon at most. */
export const PAUSE_MS_MAX = 10_000;
/** So long after its last pause a machine has done what it had put off. */
const AWAKE_MS = 5_000;
/** A clock that jumped is an hour off at most. */
export const JUMP_MS_MAX = 3_600_000;
const LEASES_MS_MAX = 10_000;
const RECOVERY_MS = 2_000;
/** As a supervisor has it. */
const OPENS_WITHIN_MS = 8_000;
const DOWN_MS_MAX = 3_000;
const DRAIN_MARGIN_MS = 2_000;
const LEAVE_MS_MAX = 9_000;

/** A place where a gateway runs: its machine, and the process that is there now. */
export type Node = {
  readonly machine: Machine;
  gateway: Gateway | null;
  /** A process that has not come so far as to take requests. */
  opening: Process | null;
  store: Connection | null;
  policy: Policy;
  /** Index into the steps of a rotation of secrets. */
  vault: number;
  /** It runs the next version of Semel. */
  isNewer: boolean;
  /** For how long after its start a process counts as recovering. */
  recoveringUntil: number;
};

type Opened = Readonly<{ connection: Connection; watch: AuthorityWatch; chance: Chance; storeAheadMs: number }>;

/** What stands between a process and its ports, where something is to go wrong there and nowhere else. */
export type Around = Readonly<{
  store?: (store: RecordStore, node: Node, process: Process) => RecordStore;
  forward?: (forward: Forward, node: Node, process: Process) => Forward;
}>;

/** All machines with their processes, and what befalls them. */
export class Cluster {
  readonly nodes: Node[] = [];
  readonly #world: World;
  readonly #around: Around;
  /** Nothing is started while a backup is restored. */
  #isHeld = false;
  #processes = 0;
  #jumped = false;
  /** When clocks that had jumped were right again, and what was promised by them over; 0: none had. */
  clocksSetAt = 0;

  constructor(world: World, around: Around) {
    this.#world = world;
    this.#around = around;
  }

  /** No machine stands still, nor has until lately. */
  get isAwake(): boolean {
    return this.nodes.every(({ machine }) => machine.stoppedUntil + AWAKE_MS < this.#world.timeline.now);
  }

  begin(): void {
    const { plan, timeline } = this.#world;
    for (let at = 0; at < plan.nodes; at += 1) {
      const machine = new Machine(`m${at}`, timeline);
      machine.aheadMs = this.#offset();
      const given = { policy: plan.policies[0], vault: 0, isNewer: false, recoveringUntil: 0 };
      const node: Node = { machine, gateway: null, opening: null, store: null, ...given };
      this.nodes.push(node);
      this.start(node);
    }
  }

  /** A process that takes connections now; null: none. */
  reach(): Gateway | null {
    const up = this.nodes.filter(({ gateway }) => gateway !== null);
    return up.length === 0 ? null : this.#world.chance.pick(up).gateway;
  }

  /** Starts a process on a machine, on the store that is there. It takes requests once it knows what that has lost. */
  start(node: Node): void {
    if (this.#isHeld || node.gateway !== null || node.opening !== null) return;
    const { timeline } = this.#world;
    this.#processes += 1;
    this.#configure(node);
    const process = new Process(`p${this.#processes}`, node.machine, timeline);
    process.failed = (error) => this.#world.failed(error);
    process.beforeHearing = () => this.#beforeHearing(node);
    node.recoveringUntil = timeline.now + RECOVERY_MS;
    node.opening = process;
    this.#world.note(`${process.name} starts on ${node.machine.name}`);
    // One that hangs before it takes requests is started again.
    timeline.after(OPENS_WITHIN_MS, "opened?", () => {
      if (node.opening === process) this.crash(node, "as its store does not answer");
    });
    this.#open(node, process).catch((error: unknown) => {
      this.#foresaw(error);
      // A supervisor starts it again.
      this.crash(node, "as it cannot open its store");
    });
  }

  async #open(node: Node, process: Process): Promise<void> {
    const world = this.#world;
    const { plan, timeline, faults, authority } = world;
    const chance = new Chance(world.seed, process.name);
    const connection = new Connection({ process, plan, timeline, faults, chance, authority, isNewer: node.isNewer });
    node.store = connection;
    const lost = (): void => node.gateway?.forget();
    const watch = await openStore(openingOf(connection, process, this.#world, lost));
    const storeAheadMs = (await connection.now()) - process.clock.now();
    node.opening = null;
    node.gateway = this.#gateway(node, process, { connection, watch, chance, storeAheadMs });
    // It ends with the process.
    keepWatching(watch, process.clock.later, (error) => this.#foresaw(error));
    node.gateway.engine.due.start();
  }

  #gateway(node: Node, process: Process, opened: Opened): Gateway {
    const world = this.#world;
    const { plan, timeline, faults, bank, oracle } = world;
    const { connection, watch, chance, storeAheadMs } = opened;
    const onSent = (order: Order): void => {
      world.note(`${process.name} sends for ${order.intent} (${order.request}), key ${order.upstreamKey}`);
      oracle.sent(order, process);
    };
    const onAnswered = (order: Order, status: number): void => oracle.answered(order, status, process);
    const forward = wire({ process, plan, timeline, chance, faults, bank, onSent, onAnswered });
    const { policy } = node;
    return new Gateway({
      ...{ process, plan, policy, chance, watch, storeAheadMs },
      store: this.#around.store?.(connection, node, process) ?? connection,
      vault: ROTATION[node.vault]!,
      forward: this.#around.forward?.(forward, node, process) ?? forward,
      notify: (notice) => {
        if (notice.notice === "failed") this.#foresaw(notice.error);
      },
    });
  }

  /** A store that does not answer is asked again by whoever asked it. */
  #foresaw(error: unknown): void {
    if (!(error instanceof StoreError)) this.#world.failed(error);
  }

  /** What a process is started with: a deploy changes one machine after the other. */
  #configure(node: Node): void {
    const world = this.#world;
    if (world.strikes("policyChange")) {
      node.policy = world.plan.policies[1];
      world.bank.declares(node.policy);
    }
    if (world.strikes("newerFormat")) node.isNewer = true;
    if (node.vault < ROTATION.length - 1 && world.strikes("secretRotation")) node.vault += 1;
  }

  #beforeHearing(node: Node): void {
    const { chance, timeline } = this.#world;
    if (this.#world.isHealed()) return;
    const recovering = timeline.now < node.recoveringUntil;
    if (this.#world.strikes("pauseAtAwait")) {
      const ms = chance.between(0, PAUSE_MS_MAX);
      if (chance.happens(0.5)) this.pause(node, ms);
      else this.suspend(node, ms);
    }
    if (this.#world.strikes("crashAtAwait")) this.crash(node, "at an await");
    else if (recovering && this.#world.strikes("crashInRecovery")) this.crash(node, "in recovery");
  }

  crash(node: Node, why: string, downMs: number = this.#world.chance.between(0, DOWN_MS_MAX)): void {
    const process = node.gateway?.process ?? node.opening;
    if (process === null) return;
    this.#world.note(`${process.name} crashes ${why}`);
    node.gateway = null;
    node.opening = null;
    process.die();
    this.#world.timeline.after(downMs, "restart", () => this.start(node));
  }

  pause(node: Node, ms: number): void {
    this.#world.note(`${node.machine.name} stands still for ${ms} ms`);
    node.machine.stop(ms);
  }

  suspend(node: Node, ms: number): void {
    this.#world.note(`${node.machine.name} is suspended for ${ms} ms`);
    node.machine.suspend(ms);
  }

  /** One process cannot reach the store, and the others can. */
  partition(node: Node, ms: number): void {
    if (node.store === null) return;
    this.#world.note(`${node.gateway?.process.name} is cut off from the store for ${ms} ms`);
    node.store.cutUntil = this.#world.timeline.now + ms;
  }

  endPartitions(): void {
    for (const { store } of this.nodes) if (store !== null) store.cutUntil = 0;
  }

  stepClock(node: Node): void {
    node.machine.aheadMs = this.#offset();
  }

  /** The wall clock is turned by up to an hour, and is right again at the next step or when faults end. */
  jumpClock(node: Node): void {
    const { chance, oracle } = this.#world;
    const ms = chance.between(-JUMP_MS_MAX, JUMP_MS_MAX);
    this.#world.note(`${node.machine.name}'s clock jumps to ${ms} ms ahead`);
    node.machine.aheadMs = ms;
    oracle.clockAheadMsMax = 2 * JUMP_MS_MAX;
    this.#jumped = true;
  }

  /**
   * Clocks are right again. Leases by a clock that was ahead still have an hour to run: they are outlived without a process, for
   * nothing can happen meanwhile. Gives the time that this takes.
   */
  setClocks(): number {
    if (!this.#jumped) return 0;
    const { timeline } = this.#world;
    this.clocksSetAt = timeline.now + JUMP_MS_MAX + LEASES_MS_MAX;
    for (const node of this.nodes) {
      node.machine.aheadMs = this.#offset();
      this.crash(node, "so that its clock can be set", JUMP_MS_MAX + LEASES_MS_MAX);
    }
    return JUMP_MS_MAX + LEASES_MS_MAX;
  }

  /** Half the skew on either side of true time: no two clocks differ by more than all of it. */
  #offset(): number {
    const { plan, chance } = this.#world;
    const share = plan.edgy ? chance.pick([-1, 1]) : chance.fraction() * 2 - 1;
    return (share * plan.policies[0].skewMs) / 2;
  }

  /** A deploy: it takes nothing new, lets what was sent finish, and another one takes its place. */
  leave(node: Node): void {
    const { gateway } = node;
    if (gateway === null) return;
    this.#world.note(`${gateway.process.name} leaves`);
    node.gateway = null;
    const { sendWithinMs, deadlineMs } = node.policy;
    const replace = (): void => {
      gateway.process.die();
      this.start(node);
    };
    gateway.engine.leave(sendWithinMs + deadlineMs + DRAIN_MARGIN_MS).then(replace, gateway.process.failed);
    // A leaving process that does not end is ended.
    this.#world.timeline.after(LEAVE_MS_MAX, "killed while leaving", () => {
      if (gateway.process.alive) replace();
    });
  }

  /** Nothing is started until it is let go. */
  hold(why: string): void {
    this.#isHeld = true;
    for (const node of this.nodes) this.crash(node, why);
  }

  letGo(): void {
    this.#isHeld = false;
    for (const node of this.nodes) this.start(node);
  }

  get isNewer(): boolean {
    return this.nodes.some((node) => node.isNewer);
  }

  /** The deploy that is under way ends: every process is of the newest version, and has the newest secrets. */
  endDeploy(): void {
    const isNewer = this.isNewer;
    const vault = Math.max(...this.nodes.map((node) => node.vault));
    for (const node of this.nodes) {
      const isOld = node.isNewer !== isNewer || node.vault !== vault;
      Object.assign(node, { isNewer, vault });
      if (isOld) this.crash(node, "to be replaced, as the deploy ends");
      this.start(node);
    }
  }
}
