import { CorruptError } from "./ports.ts";

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a text's length byte may say; the two above are taken. */
export const SHORT_TEXT_BYTES_MAX = 253;
const IS_DIGEST = 254;
const IS_NULL = 255;

/** Values one after the other, each in as few bytes as it needs. Numbers are whole, and big-endian. */
export class CompactWriter {
  readonly #bytes: number[] = [];

  number(value: number, bytes: number): this {
    for (let at = bytes - 1; at >= 0; at -= 1) this.#bytes.push(Math.floor(value / 256 ** at) % 256);
    return this;
  }

  /** 32 hex digits in 16 bytes. */
  hex(digits: string): this {
    for (let at = 0; at < digits.length; at += 2) this.#bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
    return this;
  }

  /** A text of at most SHORT_TEXT_BYTES_MAX bytes. A digest of 256 bits in base64url, 43 characters, takes the 32 bytes that it is of. */
  text(value: string | null): this {
    const digest = value === null ? null : bytesOfDigest(value);
    const bytes = value === null ? [] : (digest ?? utf8.encode(value));
    this.#bytes.push(value === null ? IS_NULL : digest === null ? bytes.length : IS_DIGEST, ...bytes);
    return this;
  }

  end(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads what a CompactWriter wrote. Throws CorruptError where the bytes end too early, or are no text. */
export class CompactReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(bytes: number): number {
    return this.#take(bytes).reduce((value, byte) => value * 256 + byte, 0);
  }

  hex(bytes: number): string {
    return Array.from(this.#take(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  text(): string | null {
    const length = this.number(1);
    if (length === IS_NULL) return null;
    return length === IS_DIGEST ? digestOf(this.#take(DIGEST_BYTES)) : readText(this.#take(length));
  }

  #take(bytes: number): Uint8Array {
    if (this.#at + bytes > this.#bytes.length) throw new CorruptError("The bytes are cut short");
    this.#at += bytes;
    return this.#bytes.subarray(this.#at - bytes, this.#at);
  }
}

export function readText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new CorruptError("The bytes are no text", { cause });
  }
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const DIGEST = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
const DIGEST_BYTES = 32;
const CHARACTER_BITS = 6;
const BYTE_BITS = 8;

/** null: the text is not what base64url makes of 32 bytes. */
function bytesOfDigest(text: string): number[] | null {
  if (!DIGEST.test(text)) return null;
  return regrouped(
    Array.from(text, (character) => ALPHABET.indexOf(character)),
    CHARACTER_BITS,
    BYTE_BITS,
  ).slice(0, DIGEST_BYTES);
}

function digestOf(bytes: Uint8Array): string {
  return regrouped([...bytes], BYTE_BITS, CHARACTER_BITS)
    .map((value) => ALPHABET[value])
    .join("");
}

/** The same bits in groups of another size; the last group is filled up with zeros. */
function regrouped(values: readonly number[], from: number, to: number): number[] {
  const groups: number[] = [];
  let [held, bits] = [0, 0];
  for (const value of values) {
    held = (held << from) | value;
    bits += from;
    for (; bits >= to; bits -= to) groups.push((held >>> (bits - to)) & (2 ** to - 1));
    held &= 2 ** bits - 1;
  }
  if (bits > 0) groups.push((held << (to - bits)) & (2 ** to - 1));
  return groups;
}
