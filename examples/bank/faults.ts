import { type Fault, noFault, type ParsedFault, parseFault } from "./fault.ts";

/** `effect`: POST and PATCH. `ask`: GET of payments and refunds. The ledger itself never lies. */
export type FaultTarget = "effect" | "ask";

export type FaultHooks = Pick<Faults, "next">;

export type Rates = Readonly<{ slowMs: number; dropRate: number; random: () => number }>;

/** Decides what goes wrong with a request. The first that speaks decides alone: its header, the queue, the rates. */
export class Faults {
  readonly #rates: Rates;
  readonly #queues: Record<FaultTarget, Fault[]> = { effect: [], ask: [] };

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  /** Queues a fault, in the words of the `Bank-Fault` header, for the next request of the kind that has no such header. */
  next(text: string, target: FaultTarget = "effect"): void {
    const parsed = parseFault(text);
    if (!parsed.ok) throw new RangeError(parsed.problem);
    this.#queues[target].push(parsed.fault);
  }

  choose(target: FaultTarget, header: string | undefined): ParsedFault {
    if (header !== undefined) return parseFault(header);
    const fault = this.#queues[target].shift() ?? (target === "effect" ? this.#fromRates() : noFault);
    return { ok: true, fault };
  }

  /** Half of the drops come before the effect, half after it. One number is drawn for every request. */
  #fromRates(): Fault {
    const { slowMs, dropRate, random } = this.#rates;
    const drawn = dropRate > 0 ? random() : 1;
    if (drawn >= dropRate) return { ...noFault, slowMs };
    return { ...noFault, slowMs, ending: { kind: drawn < dropRate / 2 ? "drop-before" : "drop-after" } };
  }
}
