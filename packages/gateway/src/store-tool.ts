import { Engine } from "@semel/core/engine";
import { CorruptError, decodeRecord, horizonAt, type Policy, type RecordStore, type Row } from "@semel/core/record";
import { type NodeVault, nodeVault } from "@semel/core/vault";
import type { LoadedConfig } from "./config/index.ts";
import { openStore } from "./open-store.ts";
import { StartError } from "./start-error.ts";
import { type StoreDesk, storeDesk } from "./store-desk.ts";
import { watchOf } from "./watch-authority.ts";
import { systemClock, systemRandom } from "./world.ts";

export type StoreTool = StoreDesk & Readonly<{ close: () => Promise<void> }>;

/** Works on a store without a gateway: nothing is claimed, sent or asked, and of what is due only rows past their horizon are visited. */
export async function openStoreTool(config: LoadedConfig): Promise<StoreTool> {
  if (config.secrets === null) {
    throw new StartError("secrets_missing", "The configuration has no secrets, and the store checks one of them.");
  }
  const vault = nodeVault(config.secrets);
  const { store } = await openStore(config.store, 0);
  try {
    const watch = await watchOf(config, store, vault, () => {});
    const { due } = sweeper(pastHorizon(store, config), config, vault, () => watch.isFresh());
    return { ...storeDesk({ store, watch, due, clock: systemClock }), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function sweeper(store: RecordStore, config: LoadedConfig, vault: NodeVault, isFresh: () => boolean): Engine {
  return new Engine({
    ...{ store, vault, clock: systemClock, random: systemRandom(), isFresh },
    epoch: () => 0,
    publishes: false,
    notify: () => {},
    policyOf: (route) => policyOf(route, config),
    ask: async () => ({ kind: "unknown", note: "nobody asks here" }),
  });
}

function pastHorizon(store: RecordStore, config: LoadedConfig): RecordStore {
  const isPast = (row: Row, now: number): boolean => {
    try {
      const record = decodeRecord(row.doc);
      return horizonAt(record, policyOf(record.route, config)) < now;
    } catch (error) {
      if (error instanceof CorruptError) return false;
      throw error;
    }
  };
  return Object.assign(Object.create(store) as RecordStore, {
    due: async (now: Parameters<RecordStore["due"]>[0], limit: number) =>
      (await store.due(now, limit)).filter((row) => isPast(row, now)),
    read: store.read.bind(store),
    swap: store.swap.bind(store),
    drop: store.drop.bind(store),
    now: store.now.bind(store),
  });
}

function policyOf(route: string, { routes }: LoadedConfig): Policy {
  return (routes.find(({ id }) => id === route) ?? routes[0]!).policy;
}
