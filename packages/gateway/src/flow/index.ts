export { AnswerCache, type CacheCounts, noCounts } from "./answer-cache.ts";
export { type AskPorts, asker } from "./asker.ts";
export * from "./exchange.ts";
export { type Flowed, type FlowPorts, flow } from "./flow.ts";
export { matchRoute } from "./match.ts";
export { ReplayMemory } from "./replay-memory.ts";
export * from "./route.ts";
export { Slots } from "./slots.ts";
