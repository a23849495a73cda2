export { type Call, Engine, type EngineOptions, type Slot } from "./engine.ts";
export * from "./ports.ts";
export type { Parts } from "./run.ts";
export { seenIn } from "./run.ts";
