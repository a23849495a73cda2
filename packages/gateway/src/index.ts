export { type Running, type StartOptions, startSemel } from "./start.ts";
export { StartError } from "./start-error.ts";
