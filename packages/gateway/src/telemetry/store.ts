import { Gauge, type Registry } from "prom-client";

/** What is known of the store, each time that metrics are scraped. */
export type StoreSource = () => Readonly<{
  name: string;
  survives: string;
  isFresh: boolean;
  isQuarantined: boolean;
  epoch: number;
}>;

export function storeMetrics(registry: Registry, store: StoreSource): void {
  const registers = [registry];
  new Gauge({
    name: "semel_store_info",
    help: "1 for the store that is worked with, and what it was measured to survive",
    labelNames: ["store", "survives"],
    registers,
    collect() {
      const { name, survives } = store();
      this.set({ store: name, survives }, 1);
    },
  });
  gauge(
    "semel_store_fresh",
    "0: the store has not been heard of lately, and nothing is claimed",
    () => store().isFresh,
  );
  gauge("semel_store_quarantined", "1: history may be lost, and unknown keys are suspect", () => store().isQuarantined);
  gauge("semel_store_epoch", "Rises with every loss of history", () => store().epoch);

  function gauge(name: string, help: string, read: () => number | boolean): void {
    new Gauge({
      ...{ name, help, registers },
      collect() {
        this.set(Number(read()));
      },
    });
  }
}
