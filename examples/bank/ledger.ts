import { countEffects, type LedgerCount } from "./count.ts";
import { EFFECT_KINDS, type Effect, type EffectKind, type Payment, type Refund } from "./effect.ts";
import { type Journal, openJournal, volatileJournal } from "./journal.ts";

/** About 600 MB of memory; a demo that gets there should start again with an empty ledger. */
const EFFECTS_MAX = 1_000_000;

export type Filter = Readonly<{ key: string | null; reference: string | null; kind: EffectKind | null }>;

/** What tests and demos may ask. Only effects that are on disk (with a data directory) are seen. */
export type LedgerView = Pick<Ledger, "effects" | "payment" | "refund" | "find" | "count">;

export async function openLedger(directory: string | null): Promise<Ledger> {
  if (directory === null) return new Ledger(volatileJournal);
  const { path, lines, journal } = await openJournal(directory);
  const ledger = new Ledger(journal);
  try {
    for (const [index, line] of lines.entries()) ledger.restore(effectOf(line, `${path}, line ${index + 1}`));
    return ledger;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

export class Ledger {
  readonly effects: Effect[] = [];
  readonly #journal: Journal;
  /** What the next effect builds on: ahead of `#payments` by the effects that are on their way to the disk. */
  readonly #heads = new Map<string, Payment>();
  readonly #payments = new Map<string, Payment>();
  readonly #refunds = new Map<string, Refund>();
  readonly #byKey = new Map<string, Effect[]>();
  readonly #byReference = new Map<string, Effect[]>();
  #begun = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get full(): boolean {
    return this.#begun >= EFFECTS_MAX;
  }

  head(id: string): Payment | undefined {
    return this.#heads.get(id);
  }

  /** The effect takes hold in this call, before anything is awaited; it is seen once it is durable. */
  async record(effect: Effect): Promise<void> {
    this.#begin(effect);
    await this.#journal.append(JSON.stringify(effect));
    this.#show(effect);
  }

  restore(effect: Effect): void {
    this.#begin(effect);
    this.#show(effect);
  }

  payment(id: string): Payment | undefined {
    return this.#payments.get(id);
  }

  refund(id: string): Refund | undefined {
    return this.#refunds.get(id);
  }

  /** Oldest first. */
  find({ key, reference, kind }: Filter): readonly Effect[] {
    const candidates = key !== null ? this.#byKey.get(key) : this.#byReference.get(reference ?? "");
    return (candidates ?? []).filter(
      (effect) =>
        (reference === null || effect.resource.reference === reference) && (kind === null || effect.kind === kind),
    );
  }

  count(): LedgerCount {
    return countEffects(this.effects);
  }

  async close(): Promise<void> {
    await this.#journal.close();
  }

  #begin(effect: Effect): void {
    this.#begun += 1;
    apply(this.#heads, effect);
  }

  #show(effect: Effect): void {
    apply(this.#payments, effect);
    if (effect.kind === "refund") this.#refunds.set(effect.resource.id, effect.resource);
    this.effects.push(effect);
    if (effect.key !== null) push(this.#byKey, effect.key, effect);
    push(this.#byReference, effect.resource.reference, effect);
  }
}

function apply(payments: Map<string, Payment>, effect: Effect): void {
  if (effect.kind !== "refund") {
    payments.set(effect.resource.id, effect.resource);
    return;
  }
  const payment = payments.get(effect.resource.payment);
  if (!payment) throw new Error(`refund ${effect.resource.id} belongs to no payment of the ledger`);
  payments.set(payment.id, { ...payment, refunded: payment.refunded + effect.resource.amount });
}

function push(index: Map<string, Effect[]>, name: string, effect: Effect): void {
  const listed = index.get(name);
  if (listed) listed.push(effect);
  else index.set(name, [effect]);
}

function effectOf(line: string, place: string): Effect {
  try {
    const effect = JSON.parse(line) as Effect;
    if (EFFECT_KINDS.includes(effect.kind) && typeof effect.resource.id === "string") return effect;
  } catch {
    // Told below: what the parser says about a position in the line helps nobody.
  }
  throw new Error(`${place} is not an effect; the ledger is not what this bank wrote`);
}
