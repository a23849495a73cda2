import { hash, timingSafeEqual } from "node:crypto";
import type { Caller, Token } from "./options.ts";

/** A token is guessed over the network: 128 bits in base64 are 22 characters. */
export const TOKEN_CHARS_MIN = 22;
/** Names are written into histories: short, and nothing that could be taken for the rest of a note. */
const NAME = /^[A-Za-z0-9._@-]{1,64}$/;

/** Who a bearer token stands for, by the value of `Authorization`; null: nobody. */
export type CallerOf = (authorization: string | undefined) => Caller | null;

export function callerOf(tokens: readonly Token[]): CallerOf {
  requireTokens(tokens);
  const known = tokens.map(({ name, role, secret }) => ({ caller: { name, role }, digest: digestOf(secret) }));
  return (authorization) => {
    const given = /^Bearer +([^\s]+)$/i.exec(authorization ?? "")?.[1];
    if (given === undefined) return null;
    const digest = digestOf(given);
    let found: Caller | null = null;
    // Every token is compared, each in constant time: how long this takes tells nothing.
    for (const one of known) if (timingSafeEqual(one.digest, digest)) found = one.caller;
    return found;
  };
}

/** Two names for one secret would let one person approve their own word. */
function requireTokens(tokens: readonly Token[]): void {
  if (tokens.length === 0) throw new RangeError("admin.tokens is empty: nobody could use the admin API");
  for (const { name, secret } of tokens) {
    if (!NAME.test(name)) {
      throw new RangeError(`admin.tokens: a name has 1 to 64 letters, digits, dots, dashes, _ or @: ${name}`);
    }
    if (secret.length < TOKEN_CHARS_MIN || /\s/.test(secret)) {
      throw new RangeError(`admin.tokens: the secret of ${name} needs ${TOKEN_CHARS_MIN} characters without spaces`);
    }
  }
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length)
    throw new RangeError("admin.tokens: two have the same name");
  if (new Set(tokens.map(({ secret }) => secret)).size < tokens.length)
    throw new RangeError("admin.tokens: two have the same secret");
}

function digestOf(secret: string): Buffer {
  return hash("sha256", secret, "buffer");
}
