import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "@semel/demo-bank";
import { BankProcess } from "./bank-process.ts";
import { canFakeClock, FakeClock, JUMPS_WITHIN_MS } from "./clock.ts";
import type { Street } from "./customer.ts";
import { SmallDisk } from "./disk.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { Gateway } from "./gateway.ts";
import { prepareFolder } from "./gateway-folder.ts";
import { heal } from "./heal.ts";
import type { KeyHistory } from "./history.ts";
import { type Kind, UPSTREAMS } from "./kind.ts";
import { bankFaultOf, Load, mannerOf } from "./load.ts";
import { judge, type Verdict } from "./oracle.ts";
import { clockJumpMs, type ProcessFault, planOf } from "./plan.ts";
import { type Counted, STRUCK, strike } from "./strikes.ts";
import { BANK_SHARES, CLIENT_SHARES, drawWeather } from "./weather.ts";

/** The lane whose store lies on a disk that can be filled: the one whose clock is never moved. */
const SMALL_DISK: Kind = "both";

/** One kind of upstream with everything around it: customers, a wire, a gateway, a wire, a bank. */
export class Lane implements AsyncDisposable {
  readonly kind: Kind;
  readonly load: Load;
  readonly struck: Record<Counted, number> = Object.fromEntries(STRUCK.map((name) => [name, 0])) as Record<
    Counted,
    number
  >;
  readonly planned: Record<ProcessFault, number>;
  readonly remarks: string[] = [];
  requests = 0;
  readonly #parts: Parts;
  readonly #seed: number;
  #over = false;

  private constructor(kind: Kind, seed: number, parts: Parts) {
    this.kind = kind;
    this.#seed = seed;
    this.#parts = parts;
    this.planned = { kill: 0, deploy: 0, stop: 0, clock: 0, disk: 0, descriptors: 0 };
    this.load = new Load(kind, this.street(seed));
  }

  static async start(kind: Kind, { seed, folder, lyingBanks }: LaneOptions): Promise<Lane> {
    const { bank: honest, lyingBank } = UPSTREAMS[kind];
    const draws = { client: seededRandom(seed + 1), bank: seededRandom(seed + 2) };
    // What a failed start has begun by then is ended, and unmounted.
    await using begun = new AsyncDisposableStack();
    const bank = begun.use(await BankProcess.start(lyingBanks ? lyingBank : honest));
    const toBank = begun.use(await FaultProxy.start(bank.port, () => drawWeather(draws.bank, BANK_SHARES)));
    const disk = begun.use(kind === SMALL_DISK ? SmallDisk.make(folder) : null);
    const where = disk === null ? {} : { disk: disk.folder };
    const place = await prepareFolder(folder, kind, { bankPort: toBank.port, ...where });
    const jumpMs = clockJumpMs(kind);
    const clock = jumpMs !== null && canFakeClock() ? { fake: await FakeClock.make(folder), jumpMs } : null;
    const gateway = begun.use(await Gateway.start(place, clock?.fake.environment));
    const toGateway = begun.use(await FaultProxy.start(place.port, () => drawWeather(draws.client, CLIENT_SHARES)));
    return new Lane(kind, seed, { bank, toBank, gateway, toGateway, clock, disk, owned: begun.move() });
  }

  /** What this lane and this machine have, beside the bare process. */
  get possible(): ReadonlySet<ProcessFault> {
    const { clock, disk } = this.#parts;
    const always: ProcessFault[] = ["kill", "deploy", "stop", "descriptors"];
    return new Set([...always, ...(clock ? (["clock"] as const) : []), ...(disk ? (["disk"] as const) : [])]);
  }

  get proxies(): readonly FaultProxy[] {
    return [this.#parts.toGateway, this.#parts.toBank];
  }

  get exits(): readonly string[] {
    return this.#parts.gateway.exits;
  }

  /** Payments and faults side by side, for so long. */
  async run(perSecond: number, forMs: number): Promise<void> {
    await Promise.all([this.load.run(perSecond, forMs, this.#seed), this.#strikeAll(forMs)]);
  }

  /** All faults stop, the gateway is killed a last time, and everything gets time to settle. Then the judge has the word. */
  async conclude(): Promise<Verdict> {
    const { bank, gateway, clock, disk } = this.#parts;
    for (const proxy of this.proxies) proxy.calm();
    disk?.free();
    // What was claimed under a clock an hour ahead keeps its lease until then: let the hour pass.
    if (clock !== null) await clock.fake.set(Math.max(0, clock.jumpMs - 2_000));
    if (clock !== null) await sleep(JUMPS_WITHIN_MS);
    this.struck.sigkill += 1;
    await gateway.kill();
    await gateway.ready();
    const street = { ...this.street(this.#seed + 3), port: gateway.place.port, bankFault: () => null };
    const { doubtAllowed } = UPSTREAMS[this.kind];
    const states = await heal(this.load, { street, gateway, doubtAllowed });
    this.#over = true;
    await this.load.settled();
    const ledger = await bank.ledger();
    return judge({ histories: this.load.histories, ledger, states, doubtAllowed });
  }

  /** Everything that is known of a key: what clients heard, what the gateway has written down, what the bank did. */
  async evidence(history: KeyHistory): Promise<string> {
    const { gateway, bank } = this.#parts;
    const shown = history.run === null ? null : await gateway.show(history.run).catch((error: Error) => error.message);
    const effects = await bank.effectsOf(history.key).catch((error: Error) => error.message);
    return [...history.lines, `semel keys show: ${JSON.stringify(shown, null, 2)}`, `the bank: ${effects}`].join("\n");
  }

  street(seed: number): Street {
    const random = seededRandom(seed);
    return {
      // Read late: the proxy is there before the first customer.
      ...{ random, port: this.#parts.toGateway.port },
      ...{ manner: () => mannerOf(random), bankFault: () => bankFaultOf(random) },
      sent: () => {
        this.requests += 1;
      },
      now: () => performance.now(),
      isOver: () => this.#over,
    };
  }

  async #strikeAll(forMs: number): Promise<void> {
    const { gateway, clock, disk } = this.#parts;
    const until = performance.now() + forMs;
    const count = (name: Counted): void => {
      this.struck[name] += 1;
    };
    const remark = (text: string): void => void this.remarks.push(text);
    for (const planned of planOf(seededRandom(this.#seed + 4), this.possible)) {
      await sleep(planned.afterMs);
      if (performance.now() > until || this.#over) return;
      this.planned[planned.fault] += 1;
      await strike(planned, { gateway, clock, disk, count, remark });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#parts.owned.disposeAsync();
  }
}

type LaneOptions = Readonly<{ seed: number; folder: string; lyingBanks: boolean }>;

type Parts = Readonly<{
  bank: BankProcess;
  toBank: FaultProxy;
  gateway: Gateway;
  toGateway: FaultProxy;
  clock: Readonly<{ fake: FakeClock; jumpMs: number }> | null;
  disk: SmallDisk | null;
  /** All of them, to be ended in turn. */
  owned: AsyncDisposableStack;
}>;
