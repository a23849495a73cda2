import { join } from "node:path";
import { seededRandom } from "@semel/demo-bank";
import { BankProcess } from "../bank-process.ts";
import { FaultProxy } from "../fault-proxy.ts";
import { Gateway } from "../gateway.ts";
import { type Place, prepareFolder } from "../gateway-folder.ts";
import { UPSTREAMS } from "../kind.ts";
import { BANK_SHARES, CLIENT_SHARES, drawWeather } from "../weather.ts";
import { GATEWAYS, TIMES } from "./ground.ts";
import { semel } from "./semel.ts";
import type { LaneOptions } from "./store-lane.ts";

export type Parts = Readonly<{
  bank: BankProcess;
  toBank: FaultProxy;
  gateways: Gateway[];
  toGateways: readonly FaultProxy[];
  environment: Readonly<Record<string, string>>;
  /** All but the gateways, to be ended in turn. */
  owned: AsyncDisposableStack;
}>;

/** Starts everything of a lane but its servers, which are there. The tables are made as an operator makes them. */
export async function openLane({ name, kind, seed, folder, ground, lyingBanks }: LaneOptions): Promise<Parts> {
  const draws = { client: seededRandom(seed + 1), bank: seededRandom(seed + 2) };
  // What a failed start has begun by then is ended.
  await using begun = new AsyncDisposableStack();
  const bank = begun.use(await BankProcess.start(lyingBanks ? UPSTREAMS[kind].lyingBank : UPSTREAMS[kind].bank));
  const toBank = begun.use(await FaultProxy.start(bank.port, () => drawWeather(draws.bank, BANK_SHARES)));
  const places: Place[] = [];
  for (let at = 0; at < GATEWAYS; at += 1) {
    const beside = places[0] === undefined ? {} : { beside: places[0] };
    const where = { bankPort: toBank.port, store: ground.lines(at), times: TIMES, ...beside };
    places.push(await prepareFolder(join(folder, `${name}-${at + 1}`), kind, where));
  }
  await semel(["store", "migrate", "-c", places[0]!.configuration], ground.environment);
  const gateways: Gateway[] = [];
  // The first makes what the others need: compiled code, and the authority's row.
  for (const place of places) gateways.push(begun.use(await Gateway.start(place, ground.environment)));
  const toGateways: FaultProxy[] = [];
  for (const { port } of places) {
    toGateways.push(begun.use(await FaultProxy.start(port, () => drawWeather(draws.client, CLIENT_SHARES))));
  }
  return { bank, toBank, gateways, toGateways, environment: ground.environment, owned: begun.move() };
}
