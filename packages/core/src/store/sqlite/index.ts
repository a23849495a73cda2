export type { ClockReading } from "./clock.ts";
export { type SqliteStoreOptions, sqliteStore } from "./open.ts";
export { type OpenCode, StoreOpenError } from "./open-error.ts";
export type { StatFs } from "./place.ts";
export type { SqliteStore } from "./store.ts";
