export { StartError } from "./start-error.ts";
export { type Running, type StartOptions, startSemel } from "./start.ts";
