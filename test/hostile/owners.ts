import { createHash } from "node:crypto";
import type { Answer } from "../gateway/wire.ts";
import type { StrictRequest } from "./strict-request.ts";
import { jsonAnswer } from "./strict-upstream.ts";

/** What a client asks for. Accounts, keys, bodies, routes and scopes are few, so that they meet all the time. */
export type Ask = Readonly<{
  account: string;
  credential: string;
  key: string;
  path: string;
  scope: string;
  body: string;
}>;

/** The upstream says whose request it was, and what was asked: the owner's mark in every answer. */
type Mark = Readonly<{ credential: string; key: string; path: string; scope: string; body: string; serial: number }>;

export function marked(request: StrictRequest, serial: number): Buffer {
  const { fields, target, key, body } = request;
  const credential = (fields.get("authorization") ?? fields.get("x-account"))?.[0] ?? "";
  const scope = fields.get("x-scope")?.[0] ?? "";
  return jsonAnswer({ credential, key: key ?? "", path: target, scope, body: digest(body), serial } satisfies Mark);
}

/**
 * Knows what each account may be told: the answer to its own first request under a name, the same bytes every time, and nothing of
 * anybody else. `accountOf`: whose a credential is.
 */
export class Owners {
  readonly #accountOf: (credential: string) => string;
  /** By name: the bodies that were sent under it, how often it was asked for, and the one answer. */
  readonly #names = new Map<string, { bodies: Set<string>; asks: number; answer: string | null }>();

  constructor(accountOf: (credential: string) => string) {
    this.#accountOf = accountOf;
  }

  /** To be told before the request leaves: what it may meet depends on all that are under way. */
  asks({ account, path, scope, key, body }: Ask): void {
    const name = JSON.stringify([account, path, scope, key]);
    const known = this.#names.get(name) ?? { bodies: new Set(), asks: 0, answer: null };
    this.#names.set(name, known);
    known.bodies.add(body);
    known.asks += 1;
  }

  /** What is wrong with an answer; null: nothing. */
  judge(ask: Ask, { status, body }: Pick<Answer, "status" | "body">): string | null {
    const known = this.#names.get(JSON.stringify([ask.account, ask.path, ask.scope, ask.key]))!;
    if (status === 422) return known.bodies.size > 1 ? null : "mismatch, and nobody sent another body under this name";
    if (status === 409) return known.asks > 1 ? null : "conflict, and nobody else asks under this name";
    if (status !== 201) return `status ${status}`;
    const mark = JSON.parse(body.toString()) as Mark;
    if (this.#accountOf(mark.credential) !== ask.account) return `the answer of ${mark.credential}`;
    for (const part of ["key", "path", "scope"] as const) {
      if (mark[part] !== ask[part]) return `the answer to another ${part}: ${mark[part]}`;
    }
    if (mark.body !== digest(Buffer.from(ask.body))) return "the answer to another body";
    known.answer ??= body.toString();
    return known.answer === body.toString() ? null : "not the answer that was given before";
  }
}

function digest(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("base64url");
}
