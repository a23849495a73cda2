import { randomBytes } from "node:crypto";
import { type Answer, json } from "./answer.ts";

/** Amounts are integers in the minor unit of the currency: 1200 EUR is twelve euros. */
export type Payment = Readonly<{
  id: string;
  object: "payment";
  status: "succeeded";
  amount: number;
  currency: string;
  reference: string;
  metadata: Readonly<Record<string, string>>;
  refunded: number;
  createdAt: string;
}>;

export type Refund = Readonly<{
  id: string;
  object: "refund";
  payment: string;
  amount: number;
  currency: string;
  reference: string;
  createdAt: string;
}>;

/** The resource is what the answer showed, not what became of it later. */
type Outcome =
  | Readonly<{ kind: "payment" | "change"; resource: Payment }>
  | Readonly<{ kind: "refund"; resource: Refund }>;

export type Effect = Outcome &
  Readonly<{
    /** The Idempotency-Key field value exactly as it was received; null where none came. */
    key: string | null;
    fingerprint: string;
    location: string | null;
    receivedAt: number;
    at: number;
  }>;

export type EffectKind = Effect["kind"];
export const EFFECT_KINDS: readonly EffectKind[] = ["payment", "refund", "change"];

export function newId(prefix: "pay" | "rfd"): string {
  return `${prefix}_${randomBytes(12).toString("hex")}`;
}

/** Always the same bytes for the same effect, also after a restart: a replay needs no second copy of the answer. */
export function answerTo(effect: Effect): Answer {
  const headers = effect.location === null ? {} : { location: effect.location };
  return json(effect.kind === "change" ? 200 : 201, effect.resource, headers);
}
