export { type Call, Engine, type EngineOptions } from "./engine.ts";
export * from "./ports.ts";
export type { Parts } from "./run.ts";
export { seenIn } from "./run.ts";
