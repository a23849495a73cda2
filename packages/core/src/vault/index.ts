import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { CorruptError, type Fence, type RecordKey, type SealPurpose, type Vault } from "../record/index.ts";
import { KeyedHash } from "./keyed-hash.ts";

/** Secrets by id. `current` is used for what is new; every id that is listed can still be read. */
export type RotatingSecret = Readonly<{ current: string; keys: Readonly<{ [id: string]: Uint8Array }> }>;

export type Secrets = Readonly<{
  /** Names records and derives upstream keys. Never rotates: another one would name every key anew. At least 32 bytes. */
  naming: Uint8Array;
  fingerprint: RotatingSecret;
  sealing: RotatingSecret;
}>;

const SECRET_BYTES_MIN = 32;
const BLOB_VERSION = 1;
const FENCE_BYTES = 16;
const TAG_BYTES = 16;

export type NodeVault = Vault &
  Readonly<{
    /** A value that shows, without revealing it, which naming secret this is: the store keeps it and refuses another. */
    check: string;
  }>;

/** Semel's cryptography on node:crypto: HMAC-SHA-256 for names and fingerprints, AES-256-GCM for what rests. */
export function nodeVault(secrets: Secrets): NodeVault {
  requireLength("naming", secrets.naming);
  for (const [kind, { current, keys }] of [
    ["fingerprint", secrets.fingerprint] as const,
    ["sealing", secrets.sealing] as const,
  ]) {
    if (keys[current] === undefined)
      throw new RangeError(`secrets.${kind}: its current id ${current} is not among its keys`);
    for (const [id, secret] of Object.entries(keys)) requireLength(`${kind}.${id}`, secret);
  }
  const naming = new KeyedHash(secrets.naming);
  const [fingerprint, sealing] = [keyring(secrets.fingerprint), keyring(secrets.sealing)];
  return {
    check: naming.digest(Buffer.from("semel check 1"), "base64url").slice(0, 22),
    name: (message) => naming.digest(message, "base64url") as RecordKey,
    fingerprint(secretId, message) {
      const id = secretId ?? fingerprint.current;
      const secret = fingerprint.keys.get(id);
      return secret === undefined ? null : { secretId: id, digest: secret.digest(message, "base64url") };
    },
    digest: (text) => naming.digest(Buffer.from(`history\n${text}`), "base64url"),
    seal: (purpose, key, fence, clear) => seal(sealing, purpose, key, fence, clear),
    open: (purpose, key, sealed) => open(sealing, purpose, key, sealed),
  };
}

type Keyring = Readonly<{ current: string; currentId: Buffer; keys: ReadonlyMap<string, KeyedHash> }>;

function keyring({ current, keys }: RotatingSecret): Keyring {
  return {
    current,
    currentId: Buffer.from(current),
    keys: new Map(Object.entries(keys).map(([id, secret]) => [id, new KeyedHash(secret)])),
  };
}

/** Version, length of the key's id, its id, the fence, the tag, the ciphertext. */
function seal(sealing: Keyring, purpose: SealPurpose, key: RecordKey, fence: Fence, clear: Uint8Array): Uint8Array {
  const secret = recordSecret(sealing.keys.get(sealing.current)!, purpose, key);
  const nonce = Buffer.from(fence, "hex");
  const cipher = createCipheriv("aes-256-gcm", secret, nonce);
  cipher.setAAD(Buffer.from(key));
  const ciphertext = cipher.update(clear);
  cipher.final();
  const idEnd = 2 + sealing.currentId.length;
  const blob = Buffer.allocUnsafe(idEnd + FENCE_BYTES + TAG_BYTES + ciphertext.length);
  blob[0] = BLOB_VERSION;
  blob[1] = sealing.currentId.length;
  blob.set(sealing.currentId, 2);
  blob.set(nonce, idEnd);
  blob.set(cipher.getAuthTag(), idEnd + FENCE_BYTES);
  blob.set(ciphertext, idEnd + FENCE_BYTES + TAG_BYTES);
  return blob;
}

function open(sealing: Keyring, purpose: SealPurpose, key: RecordKey, sealed: Uint8Array): Uint8Array | null {
  const blob = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (blob[0] !== BLOB_VERSION) throw new CorruptError("Sealed bytes do not begin as they must");
  const idEnd = 2 + (blob[1] ?? 0);
  const secret = sealing.keys.get(blob.toString("utf8", 2, idEnd));
  if (secret === undefined) return null;
  const nonce = blob.subarray(idEnd, idEnd + FENCE_BYTES);
  const tag = blob.subarray(idEnd + FENCE_BYTES, idEnd + FENCE_BYTES + TAG_BYTES);
  if (tag.length !== TAG_BYTES) throw new CorruptError("Sealed bytes are cut short");
  const decipher = createDecipheriv("aes-256-gcm", recordSecret(secret, purpose, key), nonce);
  decipher.setAAD(Buffer.from(key));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(blob.subarray(idEnd + FENCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new CorruptError("Sealed bytes were changed, or belong to another key", { cause });
  }
}

/**
 * A secret of its own for every record and purpose, so that a fence is a nonce only once. A key object: given the bytes, Node
 * tries them as every other kind of key first, and takes 15 µs longer.
 */
function recordSecret(secret: KeyedHash, purpose: SealPurpose, key: RecordKey): KeyObject {
  return createSecretKey(secret.digest(Buffer.from(`seal ${purpose}\n${key}`), "buffer"));
}

function requireLength(name: string, secret: Uint8Array): void {
  if (secret.length >= SECRET_BYTES_MIN) return;
  throw new RangeError(`secrets.${name} has ${secret.length} bytes; it needs at least ${SECRET_BYTES_MIN}`);
}
