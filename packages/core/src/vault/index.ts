import type { RecordKey, Vault } from "../record/index.ts";
import { KeyedHash } from "./keyed-hash.ts";
import { Sealing } from "./sealing.ts";
import { checkSecrets, type Secrets } from "./secrets.ts";

export type { RotatingSecret, Secrets } from "./secrets.ts";

export type NodeVault = Vault &
  Readonly<{
    /** A value that shows, without revealing it, which naming secret this is: the store keeps it and refuses another. */
    check: string;
  }>;

/** Semel's cryptography on node:crypto: HMAC-SHA-256 for names and fingerprints, see sealing.ts for what rests. */
export function nodeVault(secrets: Secrets): NodeVault {
  checkSecrets(secrets);
  const naming = new KeyedHash(secrets.naming);
  const { current, keys } = secrets.fingerprint;
  const fingerprints = new Map(Object.entries(keys).map(([id, secret]) => [id, new KeyedHash(secret)]));
  const sealing = new Sealing(secrets.sealing);
  return {
    check: naming.digest(Buffer.from("semel check 1"), "base64url").slice(0, 22),
    name: (message) => naming.digest(message, "base64url") as RecordKey,
    fingerprint(secretId, message) {
      const id = secretId ?? current;
      const secret = fingerprints.get(id);
      return secret === undefined ? null : { secretId: id, digest: secret.digest(message, "base64url") };
    },
    digest: (text) => naming.digest(Buffer.from(`history\n${text}`), "base64url"),
    seal: (purpose, key, clear) => sealing.seal(purpose, key, clear),
    open: (purpose, key, sealed) => sealing.open(purpose, key, sealed),
  };
}
