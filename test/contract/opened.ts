import type { OpenedStore } from "@semel/core/contract";
import type { Browser, Outbox, RecordStore } from "@semel/core/record";

export function opened(store: RecordStore & Outbox & Browser): OpenedStore {
  return { store, outbox: store, browser: store };
}
