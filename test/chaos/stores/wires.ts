import { seededRandom } from "@semel/demo-bank";
import { FaultProxy } from "../fault-proxy.ts";
import { drawWeather, FAIR, type Shares, type Weather, WIRE_FAULTS, type WireFault } from "../weather.ts";
import { GATEWAYS } from "./ground.ts";

/**
 * Between a gateway and its store few connections carry everything, and each draw is for some statements: what slows and what
 * breaks is rare. What swallows is not drawn at all: a client waits 10 s for an answer that does not come, and a gateway that
 * waits most of the time shows nothing. It strikes by plan.
 */
const STORE_SHARES: Shares = { delay: 0.04, slice: 0.04, reset: 0.02, blackHole: 0, halfOpen: 0, dropAnswer: 0.03 };
/** Unharmed statements before a planned fault: it strikes soon, and not always the first words of a connection. */
const FAIR_STATEMENTS_MAX = 2;

/** The wires between each gateway and one server, which break once they are told to. */
export class StoreWires implements AsyncDisposable {
  readonly proxies: readonly FaultProxy[];
  readonly #planned: Map<number, WireFault[]>;
  readonly #weather: { blows: boolean };

  private constructor(proxies: readonly FaultProxy[], planned: Map<number, WireFault[]>, weather: { blows: boolean }) {
    this.proxies = proxies;
    this.#planned = planned;
    this.#weather = weather;
  }

  static async start(to: number | (() => number), seed: number): Promise<StoreWires> {
    const random = seededRandom(seed);
    const weather = { blows: false };
    const planned = new Map<number, WireFault[]>();
    const draw = (gateway: number): Weather => {
      // Always drawn, so that a calm wire does not shift the next one's luck.
      const drawn = drawWeather(random, STORE_SHARES);
      if (!weather.blows) return FAIR;
      const fault = planned.get(gateway)?.shift();
      if (fault === undefined) return drawn;
      return { ...drawn, fault, fairRequests: Math.min(drawn.fairRequests, FAIR_STATEMENTS_MAX) };
    };
    const numbers = Array.from({ length: GATEWAYS }, (_, at) => at);
    const proxies = await Promise.all(numbers.map((at) => FaultProxy.start(to, () => draw(at))));
    return new StoreWires(proxies, planned, weather);
  }

  /** The next connections of one gateway meet one of each fault. */
  plan(gateway: number): void {
    this.#planned.set(gateway, [...WIRE_FAULTS]);
  }

  begin(): void {
    this.#weather.blows = true;
  }

  calm(): void {
    for (const proxy of this.proxies) proxy.calm();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
  }
}
