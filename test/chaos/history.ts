import { type Loss, NO_LOSS } from "./loss.ts";
import type { Told } from "./told.ts";

export const VIOLATIONS = [
  "two effects",
  "success without effect",
  "failure with effect",
  "two answers",
  "answer lost",
  "mismatch answered",
  "mismatch took effect",
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];
export type Violation = Readonly<{ kind: ViolationKind; lane: string; key: string; detail: string }>;

/** Words under which the gateway gives an upstream's answer. */
const ANSWERS = new Set(["fresh", "replayed", "recovered"]);
/** Proof that nothing happened, by the gateway's table of answers: passed on, and not final. */
const NO_EFFECT = new Set([401, 403, 408, 409, 425, 429, 503]);
/** Enough of a key's last words to see what happened; a key that is retried for a minute hears some 30. */
const LINES_MAX = 60;

/** Success or refusal, for good. */
function isFinal({ status, word }: Told): boolean {
  return word !== null && ANSWERS.has(word) && !NO_EFFECT.has(status);
}

/** What all clients of one key were told, and what was wrong with it as it came. */
export class KeyHistory {
  readonly lane: string;
  readonly key: string;
  readonly reference: string;
  /** The reference of a payment that was never owed: another body under this key. */
  readonly otherReference: string;
  readonly violations: Violation[] = [];
  readonly lines: string[] = [];
  run: string | null = null;
  /** The gateway has shown that it knows this key with the first body. */
  bound = false;
  inDoubt = false;
  /** The store lost the answer that was told, and has not found it again: until then it may say so. */
  forgotten = false;
  /** And then it has found it. */
  recovered = false;
  final: Readonly<{ told: Told; at: number }> | null = null;

  readonly #loss: Loss;

  constructor(lane: string, key: string, loss: Loss = NO_LOSS) {
    this.#loss = loss;
    this.lane = lane;
    this.key = key;
    this.reference = `order ${key}`;
    this.otherReference = `not owed ${key}`;
  }

  body(): string {
    return JSON.stringify({ amount: 1200, currency: "EUR", reference: this.reference });
  }

  otherBody(): string {
    return JSON.stringify({ amount: 990_000, currency: "EUR", reference: this.otherReference });
  }

  /** `now`: on the clock of `askedAt`. */
  hear(told: Told | null, now: number): void {
    this.#note(told, now, "");
    if (told === null) return;
    this.run ??= told.run;
    if (isFinal(told)) this.#hearFinal(told, now);
    else if (this.final !== null && told.askedAt > this.final.at && !saysNothing(told)) {
      if (this.#loss.covers(this.final.at)) this.forgotten = true;
      else this.#complain("answer lost", `${told.text}\n  after ${this.final.told.text}`);
    }
    this.inDoubt = this.final === null && told.word === "in-doubt";
    // A claim was won, or met: either way the body is bound to the key.
    const saysLittle = told.word === "pending" && this.#loss.kind !== "none";
    if (told.word !== null && told.word !== "unavailable" && !saysLittle) this.bound = true;
  }

  /** The answer to another body under a key that is bound. 503 says nothing about a key. */
  hearOther(told: Told | null, now: number): void {
    this.#note(told, now, "another body: ");
    if (told === null || saysNothing(told)) return;
    if (told.status !== 422 || told.word !== "mismatch") this.#complain("mismatch answered", told.text);
  }

  /** An answer that was lost comes back with its status and its bytes; headers that were stored beside them are lost. */
  #hearFinal(told: Told, now: number): void {
    if (this.forgotten) this.recovered = true;
    this.forgotten = false;
    const isAnew = this.final !== null && this.final.told.essence === told.essence && this.#loss.covers(this.final.at);
    if (this.final === null || isAnew) this.final = { told, at: now };
    else if (this.final.told.digest !== told.digest) {
      this.#complain("two answers", `${this.final.told.text}\n  and then ${told.text}`);
    }
  }

  #complain(kind: ViolationKind, detail: string): void {
    this.violations.push({ kind, lane: this.lane, key: this.key, detail });
  }

  #note(told: Told | null, now: number, prefix: string): void {
    if (this.lines.length >= LINES_MAX) return;
    const what = told === null ? "no answer" : `${told.status} ${told.word ?? "-"}`;
    this.lines.push(`${(now / 1_000).toFixed(2)} s  ${prefix}${what}`);
  }
}

/** The gateway cannot look, or does not take anything now. */
function saysNothing({ status, word }: Told): boolean {
  return status === 503 && (word === null || word === "unavailable");
}
