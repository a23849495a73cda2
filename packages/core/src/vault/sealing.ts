import {
  type Cipheriv,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { CorruptError, type RecordKey, type SealPurpose } from "../record/index.ts";
import { KeyedHash } from "./keyed-hash.ts";
import type { RotatingSecret } from "./secrets.ts";

const VERSION = 2;
const SALT_BYTES = 16;
const AT_BYTES = 4;
const TAG_BYTES = 32;
const AES_BLOCK_BYTES = 16;
const WORD_BYTES = 4;

/**
 * Keystream is drawn for this many bytes at once, some 100 seals: one call for each would cost more than all the rest. A machine
 * that is copied while it runs (a snapshot of it resumed twice) seals the rest of a page twice: so pages are short.
 */
const PAGE_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(PAGE_BYTES);
/** A longer message has a cipher of its own. */
const SHARED_BYTES_MAX = 8 * 1024;
/** A message on its way through the cipher: four bytes at a time take a third of what each alone does. */
const words = new Int32Array(SHARED_BYTES_MAX / WORD_BYTES);
const bytes = new Uint8Array(words.buffer);

type Ring = Readonly<{ id: Buffer; streams: KeyedHash; tags: KeyedHash }>;
/** A keystream under a salt and a key of its own, and how many words of it are spent: never one of them twice. */
type Page = { readonly salt: Buffer; readonly keystream: Int32Array; spent: number };

/**
 * Seals what rests: AES-256-CTR (NIST SP 800-38A), then HMAC-SHA-256 (RFC 2104) over the ciphertext, the purpose and the record key:
 * encrypt-then-MAC, the pair of SSH's aes256-ctr with hmac-sha2-256-etm, where too one keystream serves many messages. AES-GCM
 * needs a cipher object for every message: 20 us a seal on the data path, most of it to make and to end the object; this takes 4.
 *
 * Blob: version, length of the secret's id, the id, the page's salt, where in its keystream (32 bits), ciphertext, tag.
 */
export class Sealing {
  readonly #rings: ReadonlyMap<string, Ring>;
  readonly #current: Ring;
  #page: Page;

  constructor({ current, keys }: RotatingSecret) {
    this.#rings = new Map(Object.entries(keys).map(([id, secret]) => [id, ring(id, secret)]));
    this.#current = this.#rings.get(current)!;
    this.#page = pageOf(this.#current);
  }

  seal(purpose: SealPurpose, key: RecordKey, clear: Uint8Array): Uint8Array {
    const { id, tags } = this.#current;
    const { salt, at, ciphertext } = this.#encrypt(clear);
    const context = contextOf(purpose, key);
    const [from, end] = [context.length, context.length + headBytes(id) + clear.length];
    const message = Buffer.allocUnsafe(end + TAG_BYTES);
    message.write(context, "latin1");
    message[from] = VERSION;
    message[from + 1] = id.length;
    message.set(id, from + 2);
    message.set(salt, from + 2 + id.length);
    message.writeUInt32BE(at, from + 2 + id.length + SALT_BYTES);
    message.set(ciphertext, from + headBytes(id));
    message.write(tags.digest(message.subarray(0, end), "binary"), end, "latin1");
    return message.subarray(from);
  }

  /** The ciphertext is to be copied before the next call. */
  #encrypt(clear: Uint8Array): Readonly<{ salt: Buffer; at: number; ciphertext: Uint8Array }> {
    if (clear.length > SHARED_BYTES_MAX) {
      const { salt, cipher } = begin(this.#current);
      return { salt, at: 0, ciphertext: cipher.update(clear) };
    }
    const count = Math.ceil(clear.length / WORD_BYTES);
    if ((this.#page.spent + count) * WORD_BYTES > PAGE_BYTES) this.#page = pageOf(this.#current);
    const { salt, keystream, spent } = this.#page;
    this.#page.spent += count;
    bytes.set(clear);
    for (let word = 0; word < count; word += 1) words[word]! ^= keystream[spent + word]!;
    return { salt, at: spent * WORD_BYTES, ciphertext: bytes.subarray(0, clear.length) };
  }

  /** null: sealed under an id that is unknown here. Throws CorruptError for bytes that were changed or belong elsewhere. */
  open(purpose: SealPurpose, key: RecordKey, sealed: Uint8Array): Uint8Array | null {
    const blob = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (blob[0] !== VERSION)
      throw new CorruptError(`Sealed bytes begin with ${blob[0]}; this version of Semel reads ${VERSION}`);
    const known = this.#rings.get(blob.toString("utf8", 2, 2 + (blob[1] ?? 0)));
    if (known === undefined) return null;
    const [saltAt, from, end] = [2 + known.id.length, headBytes(known.id), blob.length - TAG_BYTES];
    if (end < from) throw new CorruptError("Sealed bytes are cut short");
    const message = Buffer.concat([Buffer.from(contextOf(purpose, key), "latin1"), blob.subarray(0, end)]);
    if (!timingSafeEqual(known.tags.digest(message, "buffer"), blob.subarray(end)))
      throw new CorruptError("Sealed bytes were changed, or belong to another key");
    const secret = pageKey(known, blob.subarray(saltAt, saltAt + SALT_BYTES));
    return readAt(secret, blob.readUInt32BE(saltAt + SALT_BYTES), blob.subarray(from, end));
  }
}

function ring(id: string, secret: Uint8Array): Ring {
  const own = new KeyedHash(secret);
  const derived = (label: string): KeyedHash => new KeyedHash(own.digest(Buffer.from(label), "buffer"));
  return { id: Buffer.from(id), streams: derived("semel seal 2 streams"), tags: derived("semel seal 2 tags") };
}

function pageOf(current: Ring): Page {
  const { salt, cipher } = begin(current);
  // A copy, because words are read from a place that is a multiple of four.
  const keystream = new Uint8Array(cipher.update(ZEROS));
  return { salt, keystream: new Int32Array(keystream.buffer), spent: 0 };
}

function begin(current: Ring): Readonly<{ salt: Buffer; cipher: Cipheriv }> {
  const salt = randomBytes(SALT_BYTES);
  const cipher = createCipheriv("aes-256-ctr", pageKey(current, salt), Buffer.alloc(AES_BLOCK_BYTES));
  return { salt, cipher };
}

function pageKey({ streams }: Ring, salt: Uint8Array): KeyObject {
  return createSecretKey(streams.digest(salt, "buffer"));
}

/** Decrypts what lies `at` so many bytes into a keystream: the counter block begins there, or up to 15 bytes earlier. */
function readAt(secret: KeyObject, at: number, ciphertext: Uint8Array): Uint8Array {
  const counter = Buffer.alloc(AES_BLOCK_BYTES);
  counter.writeUInt32BE(Math.floor(at / AES_BLOCK_BYTES), AES_BLOCK_BYTES - 4);
  const decipher = createDecipheriv("aes-256-ctr", secret, counter);
  decipher.update(Buffer.alloc(at % AES_BLOCK_BYTES));
  return decipher.update(ciphertext);
}

function headBytes(id: Uint8Array): number {
  return 2 + id.length + SALT_BYTES + AT_BYTES;
}

/** What a blob belongs to, in front of its bytes under the tag. A record key is ASCII without a line feed; another has no bytes. */
function contextOf(purpose: SealPurpose, key: RecordKey): string {
  if (!VISIBLE.test(key)) throw new RangeError("A record key holds a character that is not visible ASCII");
  return `${purpose}\n${key}\n`;
}

const VISIBLE = /^[!-~]*$/;
