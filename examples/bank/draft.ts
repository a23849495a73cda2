import { type Answer, refusal } from "./answer.ts";
import { type Effect, newId, type Payment } from "./effect.ts";
import type { Operation } from "./route.ts";
import { type ChangeWish, changeWish, type PaymentWish, paymentWish, type RefundWish, refundWish } from "./wish.ts";

/** What belongs to the request, whatever it wishes. */
export type Received = Readonly<{ key: string | null; fingerprint: string; receivedAt: number }>;

export type Drafted = Readonly<{ ok: true; effect: Effect }> | Readonly<{ ok: false; answer: Answer }>;

/** Makes the effect from the payment as it is at that moment; without side effects. */
export type Draft = (head: Payment | undefined, received: Received, at: number) => Drafted;

export type ReadDraft = Readonly<{ ok: true; draft: Draft }> | Readonly<{ ok: false; answer: Answer }>;

export function readDraft(operation: Operation, body: Buffer): ReadDraft {
  switch (operation.kind) {
    case "payment": {
      const read = paymentWish(body);
      return read.ok ? { ok: true, draft: (_, ...now) => pay(operation.prefix, read.wish, ...now) } : read;
    }
    case "refund": {
      const read = refundWish(body);
      return read.ok ? { ok: true, draft: (head, ...now) => refund(operation.prefix, head, read.wish, ...now) } : read;
    }
    case "change": {
      const read = changeWish(body);
      return read.ok ? { ok: true, draft: (head, ...now) => change(head, read.wish, ...now) } : read;
    }
  }
}

function pay(prefix: string, wish: PaymentWish, received: Received, at: number): Drafted {
  const id = newId("pay");
  const { amount, currency, reference, metadata } = wish;
  const resource: Payment = {
    id,
    object: "payment",
    status: "succeeded",
    amount,
    currency,
    reference,
    metadata,
    refunded: 0,
    createdAt: new Date(at).toISOString(),
  };
  return { ok: true, effect: { kind: "payment", resource, ...received, location: `${prefix}/payments/${id}`, at } };
}

function refund(prefix: string, head: Payment | undefined, wish: RefundWish, received: Received, at: number): Drafted {
  if (!head) return noSuchPayment;
  const { amount, reference, currency } = wish;
  if (currency !== null && currency !== head.currency) {
    return no("currency_differs", `The payment was made in ${head.currency}.`);
  }
  const left = head.amount - head.refunded;
  if (amount > left) return no("refund_too_large", `Only ${left} of the payment is left to refund.`);
  const id = newId("rfd");
  const createdAt = new Date(at).toISOString();
  const resource = {
    id,
    object: "refund",
    payment: head.id,
    amount,
    currency: head.currency,
    reference,
    createdAt,
  } as const;
  const location = `${prefix}/payments/${head.id}/refunds/${id}`;
  return { ok: true, effect: { kind: "refund", resource, ...received, location, at } };
}

function change(head: Payment | undefined, wish: ChangeWish, received: Received, at: number): Drafted {
  if (!head) return noSuchPayment;
  const resource = {
    ...head,
    reference: wish.reference ?? head.reference,
    metadata: wish.metadata ?? head.metadata,
  };
  return { ok: true, effect: { kind: "change", resource, ...received, location: null, at } };
}

const noSuchPayment = { ok: false, answer: refusal(404, "no_such_payment", "There is no such payment.") } as const;

function no(code: string, message: string): Drafted {
  return { ok: false, answer: refusal(422, code, message) };
}
