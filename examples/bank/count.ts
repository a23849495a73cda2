import type { Effect } from "./effect.ts";

export type LedgerCount = Readonly<{
  payments: number;
  refunds: number;
  changes: number;
  effects: number;
  /** Effects of every kind, by the key that came with them; those without a key are in none. */
  byKey: Readonly<Record<string, number>>;
  /** Payments by the reference they were made with; a later change of the reference moves nothing. */
  byReference: Readonly<Record<string, number>>;
  /** References with more than one payment. */
  chargedTwice: number;
  /** Pairs of payment and refund reference with more than one refund. */
  refundedTwice: number;
}>;

export function countEffects(effects: readonly Effect[]): LedgerCount {
  const payments = effects.filter((effect) => effect.kind === "payment");
  const refunds = effects.filter((effect) => effect.kind === "refund");
  const byReference = tally(payments.map(({ resource }) => resource.reference));
  const byRefund = tally(refunds.map(({ resource }) => `${resource.payment} ${resource.reference}`));
  return {
    payments: payments.length,
    refunds: refunds.length,
    changes: effects.length - payments.length - refunds.length,
    effects: effects.length,
    byKey: Object.fromEntries(tally(effects.flatMap(({ key }) => (key === null ? [] : [key])))),
    byReference: Object.fromEntries(byReference),
    chargedTwice: moreThanOnce(byReference),
    refundedTwice: moreThanOnce(byRefund),
  };
}

function tally(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function moreThanOnce(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].filter((count) => count > 1).length;
}
