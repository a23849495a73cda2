import { type HeaderPairs, headerTuple } from "./header-pairs.ts";
import type { Vault } from "./ports.ts";
import type { RecordKey } from "./record.ts";
import { tuple } from "./tuple.ts";

/**
 * Frozen: another label, another order or another case of anything below renames every key, and a renamed key is a
 * first request to us and a second payment to the upstream.
 */
const NAME = "semel.name.1";
const UPSTREAM_KEY = "semel.upstream-key.1";

/** 24 bytes in base64url: what no upstream finds too long, and nobody can guess. */
const UPSTREAM_KEY_CHARS = 32;

/** Who asks for what under which idempotency key. */
export type KeyScope = Readonly<{
  tenant: string;
  account: string;
  /** The route's id. */
  operation: string;
  /** The scope headers that the request has. */
  scope: HeaderPairs;
  key: string;
}>;

/** What the naming secret turns into the record key. */
export function nameMessage({ tenant, account, operation, scope, key }: KeyScope): Uint8Array {
  return tuple([NAME, tenant, account, operation, headerTuple(scope), key]);
}

/** What the naming secret turns into the key that a `derived` upstream is sent. */
export function upstreamKeyMessage(recordKey: RecordKey): Uint8Array {
  return tuple([UPSTREAM_KEY, recordKey]);
}

export function derivedUpstreamKey(recordKey: RecordKey, vault: Pick<Vault, "name">): string {
  return vault.name(upstreamKeyMessage(recordKey)).slice(0, UPSTREAM_KEY_CHARS);
}
