import { createHash } from "node:crypto";
import { type Answer, refusal } from "./answer.ts";
import { type Draft, type Received, readDraft } from "./draft.ts";
import { answerTo } from "./effect.ts";
import type { HonouredKeys } from "./keys.ts";
import type { Ledger } from "./ledger.ts";
import type { Operation } from "./route.ts";

export type Order = Readonly<{ operation: Operation; body: Buffer; key: string | null; receivedAt: number }>;

export type Till = Readonly<{
  ledger: Ledger;
  /** Null where the bank ignores keys: then every request is a new wish. */
  keys: HonouredKeys | null;
  now: () => number;
}>;

/** Carries out an order once its `pause` is over; a duplicate that comes in the meantime finds the key taken. */
export async function execute(till: Till, order: Order, pause: () => Promise<void>): Promise<Answer> {
  const { operation, body, key, receivedAt } = order;
  const read = readDraft(operation, body);
  if (!read.ok) return read.answer;
  const received = { key, fingerprint: fingerprintOf(operation, body), receivedAt };
  if (till.keys === null || key === null) {
    await pause();
    return (await effectuate(till, operation, read.draft, received)).answer;
  }
  return executeOnce({ ...till, keys: till.keys }, { operation, draft: read.draft, received, key }, pause);
}

async function executeOnce(
  till: Till & { keys: HonouredKeys },
  { operation, draft, received, key }: { operation: Operation; draft: Draft; received: Received; key: string },
  pause: () => Promise<void>,
): Promise<Answer> {
  const claim = till.keys.claim({ key, fingerprint: received.fingerprint, now: received.receivedAt });
  switch (claim.kind) {
    case "replay":
      return replay(answerTo(claim.effect));
    case "mismatch":
      return refusal(422, "key_reused", "This Idempotency-Key was used with another request.");
    case "conflict":
      return refusal(409, "key_in_use", "The first request with this key is still running.", { "retry-after": "1" });
    case "run": {
      await pause();
      const { effect, answer } = await effectuate(till, operation, draft, received);
      if (effect) till.keys.complete(key, effect);
      else till.keys.release(key);
      return answer;
    }
  }
}

async function effectuate(till: Till, operation: Operation, draft: Draft, received: Received) {
  if (till.ledger.full) {
    return { effect: null, answer: refusal(503, "ledger_full", "The ledger is full.", { "retry-after": "60" }) };
  }
  const head = operation.kind === "payment" ? undefined : till.ledger.head(operation.payment);
  const drafted = draft(head, received, till.now());
  if (!drafted.ok) return { effect: null, answer: drafted.answer };
  // No await between head() and record(): nobody else may build on the same head.
  await till.ledger.record(drafted.effect);
  return { effect: drafted.effect, answer: answerTo(drafted.effect) };
}

function replay(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, "idempotent-replayed": "true" } };
}

/** The prefix is left out: /payments and /v1/payments are one operation. */
function fingerprintOf(operation: Operation, body: Buffer): string {
  const target = operation.kind === "payment" ? operation.kind : `${operation.kind} ${operation.payment}`;
  return createHash("sha256").update(`${target}\n`).update(body).digest("base64url");
}
