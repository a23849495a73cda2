import type { FaultProxy } from "../fault-proxy.ts";
import { WIRE_FAULTS } from "../weather.ts";

/** What struck, by name. A name that was expected and never came is there with 0. */
export class Counts {
  readonly #of = new Map<string, number>();

  expect(name: string): void {
    this.add(name, 0);
  }

  add(name: string, times: number = 1): void {
    this.#of.set(name, (this.#of.get(name) ?? 0) + times);
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#of);
  }
}

/** `store` and `reset` are told as storeReset. */
export function struckOn(prefix: string, proxies: readonly FaultProxy[]): Record<string, number> {
  return Object.fromEntries(
    WIRE_FAULTS.map((fault) => [
      `${prefix}${fault[0]!.toUpperCase()}${fault.slice(1)}`,
      proxies.reduce((total, { struck }) => total + struck[fault], 0),
    ]),
  );
}
