export { seenIn } from "./acts.ts";
export { type Call, Engine, type EngineOptions, type Slot } from "./engine.ts";
export type { Parts } from "./parts.ts";
export * from "./ports.ts";
export { Purge } from "./purge.ts";
