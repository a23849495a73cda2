import { encodeRecord, type Instant, type KeyRecord, NO_HISTORY, NO_SECRETS, type RecordKey } from "@semel/core/record";
import { type NodeVault, nodeVault } from "@semel/core/vault";

export const HORIZON_MS: number = 30 * 24 * 60 * 60_000;

const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
export const VAULT: NodeVault = nodeVault({
  naming: secret(1),
  fingerprint: { current: "f1", keys: { f1: secret(2) } },
  sealing: { current: "s1", keys: { s1: secret(3) } },
});

/** A payment that was completed two horizons ago, its answer dropped since: the doc of every row that is to go. */
export function deadDoc(): Uint8Array {
  const at = (Date.now() - 2 * HORIZON_MS) as Instant;
  const record: KeyRecord = {
    format: 1,
    fingerprint: { scheme: "f1.raw.1", digest: "x".repeat(43) },
    route: "POST /payments",
    account: "single",
    profile: "ietf",
    pins: { upstream: "bank", ladder: { repeat: null, ask: null }, deadlineMs: 30_000 },
    firstSendAt: at,
    state: {
      kind: "completed",
      outcome: { sense: "success", status: 201, source: "upstream", digest: "x".repeat(43) },
      answer: "expired",
      retainUntil: at,
    },
    open: [],
    asks: { count: 0, nextAt: at },
    changedAt: at,
    secrets: { clear: { ...NO_SECRETS, clientKey: "x".repeat(36), upstreamKey: "x".repeat(36) } },
    answer: null,
    history: NO_HISTORY,
  };
  // No visit that drops opens what is sealed, so that one key's doc does for all.
  return encodeRecord(record, "x".repeat(43) as RecordKey, VAULT);
}
