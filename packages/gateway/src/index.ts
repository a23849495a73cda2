export { keptNames } from "./keep-names.ts";
export { migrateStore } from "./open-store.ts";
export type { Running } from "./start.ts";
export { type StartOptions, startSemel } from "./start.ts";
export { StartError } from "./start-error.ts";
export { storeBodies } from "./store-bodies.ts";
export type { StoreDesk, StoreStatus } from "./store-desk.ts";
export { openStoreTool, type StoreTool } from "./store-tool.ts";
