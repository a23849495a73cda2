export { seenIn } from "./acts.ts";
export type { Call, EngineOptions, Slot } from "./call.ts";
export { Drain } from "./drain.ts";
export type { DueLoop } from "./due.ts";
export { Engine } from "./engine.ts";
export type { Parts } from "./parts.ts";
export * from "./ports.ts";
export { Purge } from "./purge.ts";
