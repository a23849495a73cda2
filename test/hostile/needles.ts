/** As many bytes of each needle are looked at first. */
const ANCHOR_BYTES = 8;
/** Bits of the table that says where an anchor may stand: with 100,000 needles one byte in 160 is looked at twice. */
const TABLE_BITS = 24;

/**
 * Many secrets, looked for in many bytes at once, as they are and as base64 and hex have them. A table of anchors passes over
 * nearly all bytes; searching for ten thousand texts one by one would take minutes.
 */
export class Needles {
  readonly #table = new Uint8Array(1 << (TABLE_BITS - 3));
  readonly #byAnchor = new Map<string, string[]>();

  constructor(texts: Iterable<string>) {
    for (const text of texts) for (const form of formsOf(text)) this.#add(form);
  }

  /** The forms that stand somewhere in these bytes. */
  find(bytes: Uint8Array): string[] {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const found = new Set<string>();
    for (let at = 0; at + ANCHOR_BYTES <= all.length; at += 1) {
      const place = placeOf(all, at);
      if ((this.#table[place >>> 3]! & (1 << (place & 7))) === 0) continue;
      for (const form of this.#byAnchor.get(all.toString("latin1", at, at + ANCHOR_BYTES)) ?? []) {
        if (all.toString("latin1", at, at + form.length) === form) found.add(form);
      }
    }
    return [...found];
  }

  #add(form: string): void {
    if (form.length < ANCHOR_BYTES) throw new RangeError(`${form} is too short to be told from chance`);
    const place = placeOf(Buffer.from(form, "latin1"), 0);
    this.#table[place >>> 3]! |= 1 << (place & 7);
    const anchor = form.slice(0, ANCHOR_BYTES);
    this.#byAnchor.set(anchor, [...(this.#byAnchor.get(anchor) ?? []), form]);
  }
}

function placeOf(bytes: Buffer, at: number): number {
  const [high, low] = [bytes.readInt32LE(at), bytes.readInt32LE(at + 4)];
  return (Math.imul(high, 0x9e37_79b1) ^ Math.imul(low, 0x85eb_ca77)) >>> (32 - TABLE_BITS);
}

/** Base64 groups three bytes: what comes out depends on where in a group the text begins, but for its two ends. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replaceAll("=", "");
    const clean = encoded.slice(Math.ceil((offset * 8) / 6));
    return (bytes.length + offset) % 3 === 0 ? clean : clean.slice(0, -1);
  });
  const url = base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_"));
  const quoted = JSON.stringify(text).slice(1, -1);
  return [...new Set([text, quoted, hex, hex.toUpperCase(), ...base64, ...url])];
}
