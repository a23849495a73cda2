import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@semel/demo-bank";
import type { Street } from "../customer.ts";
import { Gateway } from "../gateway.ts";
import { heal } from "../heal.ts";
import type { KeyHistory } from "../history.ts";
import { type Kind, UPSTREAMS } from "../kind.ts";
import { Load } from "../load.ts";
import type { Loss } from "../loss.ts";
import { judge, type Verdict } from "../oracle.ts";
import { Counts, struckOn } from "./counts.ts";
import type { Ground, Stage } from "./ground.ts";
import { openLane, type Parts } from "./open-lane.ts";
import { faultsFrom, pauseMs } from "./plan.ts";
import { stageOf } from "./stage.ts";
import { type Crowd, streetTo } from "./streets.ts";

export type LaneOptions = Readonly<{
  name: string;
  /** What the bank can do. */
  kind: Kind;
  seed: number;
  folder: string;
  ground: Ground;
  lyingBanks: boolean;
  /** Where the store will forget, what nobody is left to know is not asked of anybody. */
  loss: Loss;
}>;

/** Three gateways on one store, with customers before them, a bank behind them, and wires on every side. */
export class StoreLane implements AsyncDisposable {
  readonly name: string;
  readonly kind: Kind;
  readonly folder: string;
  readonly load: Load;
  readonly counts: Counts = new Counts();
  readonly ground: Ground;
  /** What was planned and could not be done. */
  readonly remarks: string[] = [];
  readonly notes: string[] = [];
  requests = 0;
  readonly #seed: number;
  readonly #loss: Loss;
  readonly #parts: Parts;
  #over = false;

  private constructor(options: LaneOptions, parts: Parts) {
    this.name = options.name;
    this.kind = options.kind;
    this.folder = options.folder;
    this.ground = options.ground;
    this.#seed = options.seed;
    this.#loss = options.loss;
    this.#parts = parts;
    const ports = parts.toGateways.map(({ port }) => port);
    this.load = new Load(
      options.name,
      streetTo(() => ports, options.seed, this.#crowd),
    );
  }

  static async start(options: LaneOptions): Promise<StoreLane> {
    return new StoreLane(options, await openLane(options));
  }

  get gateways(): readonly Gateway[] {
    return this.#parts.gateways;
  }

  /** Every kind of fault with its count, also those that never struck. */
  get faults(): Record<string, number> {
    const { toBank, toGateways } = this.#parts;
    return {
      ...this.counts.all(),
      ...(this.ground.wires.length > 0 ? struckOn("store", this.ground.wires) : {}),
      ...struckOn("client", toGateways),
      ...struckOn("bank", [toBank]),
    };
  }

  /** Ends of gateways that were serving and that nobody had asked to end: a store that is lost is no reason to. */
  get collapses(): readonly string[] {
    return this.gateways.flatMap(({ exits }) => exits.filter((exit) => exit.includes("gateway  http://")));
  }

  /** Payments and faults side by side, for so long. */
  async run(perSecond: number, forMs: number): Promise<void> {
    const until = performance.now() + forMs;
    const stage = stageOf({
      ...{ histories: this.load.histories, gateways: this.gateways, street: this.#direct(this.#seed + 5) },
      random: seededRandom(this.#seed + 4),
      isPaying: () => performance.now() < until && !this.#over,
    });
    this.ground.begin(stage);
    await Promise.all([this.load.run(perSecond, forMs, this.#seed), this.#strikeAll(stage)]);
  }

  /** All faults stop, each gateway is killed a last time, and everything gets time to settle. Then the judge has the word. */
  async conclude(): Promise<Verdict> {
    const { bank, toBank, toGateways } = this.#parts;
    for (const proxy of [toBank, ...toGateways]) proxy.calm();
    await this.ground.calm();
    for (const gateway of this.gateways) {
      this.counts.add("gatewayKill");
      await gateway.kill();
    }
    await this.ready();
    const { doubtAllowed } = UPSTREAMS[this.kind];
    const gateway = this.gateways[0]!;
    const states = await heal(this.load, { street: this.#direct(this.#seed + 3), gateway, doubtAllowed });
    this.#over = true;
    await this.load.settled();
    return judge({ histories: this.load.histories, ledger: await bank.ledger(), states, doubtAllowed });
  }

  /** Payments alone. */
  async pay(perSecond: number, forMs: number): Promise<void> {
    await this.load.run(perSecond, forMs, this.#seed);
  }

  async ready(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.ready()));
  }

  /** What clients heard of a key, what a gateway has written down, what the bank did. */
  async evidence(history: KeyHistory): Promise<string> {
    const [gateway] = this.gateways;
    const shown = history.run === null ? null : await gateway!.show(history.run).catch((error: Error) => error.message);
    const effects = await this.#parts.bank.effectsOf(history.key).catch((error: Error) => error.message);
    return [...history.lines, `semel keys show: ${JSON.stringify(shown, null, 2)}`, `the bank: ${effects}`].join("\n");
  }

  /** All gateways are ended; `meanwhile` happens with none there, and then they are back. */
  async without(meanwhile: () => Promise<void>): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway[Symbol.asyncDispose]()));
    await meanwhile();
    const { gateways, environment } = this.#parts;
    const places = gateways.map(({ place }) => place);
    gateways.splice(
      0,
      gateways.length,
      ...(await Promise.all(places.map((place) => Gateway.start(place, environment)))),
    );
  }

  get #crowd(): Crowd {
    const sent = (): void => {
      this.requests += 1;
    };
    return { loss: this.#loss, sent, isOver: () => this.#over };
  }

  /** Without wires, and with a bank at its best. */
  #direct(seed: number): Street {
    const ports = (): number[] => this.gateways.map(({ place }) => place.port);
    return streetTo(ports, seed, this.#crowd, true);
  }

  async #strikeAll(stage: Stage): Promise<void> {
    const { random } = stage;
    for (const [name, fault] of faultsFrom(this.ground.faults, this.gateways, random)) {
      await sleep(pauseMs(random));
      if (!stage.isPaying()) return;
      this.counts.expect(name);
      await fault(stage);
      this.counts.add(name);
      await this.ready();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await Promise.all(this.gateways.map((gateway) => gateway[Symbol.asyncDispose]()));
    await this.#parts.owned.disposeAsync();
  }
}
