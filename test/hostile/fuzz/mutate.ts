/** Numbers from 0 to below 1, the same ones for the same seed (mulberry32): a finding is found again by its seed. */
export type Chance = () => number;

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes at which parsers turn: ends of ranges, quotes, signs, line ends, the beginnings of UTF-8 sequences. */
const TURNS = Buffer.from(
  "\0\x01\t\n\r\x1f \"#%'*+,-./0129:;<=>?@[\\]_`az{|}~\x7f\x80\xbf\xc0\xc3\xe0\xed\xf0\xf4\xff",
  "latin1",
);
/** As many changes at most: one finds what a check forgot, several get past two checks. */
const CHANGES_MAX = 4;
const RUN_BYTES_MAX = 12;

/** Another input made of a seed: by a few changes, with pieces of other seeds and words that the parser knows. */
export function mutate(
  seed: Uint8Array,
  seeds: readonly Uint8Array[],
  words: readonly string[],
  dice: Chance,
): Uint8Array {
  let bytes = Buffer.from(seed);
  const changes = 1 + Math.floor(dice() * CHANGES_MAX);
  for (let change = 0; change < changes; change += 1) bytes = changed(bytes, seeds, words, dice);
  return bytes;
}

function changed(
  bytes: Buffer,
  seeds: readonly Uint8Array[],
  words: readonly string[],
  dice: Chance,
): Buffer<ArrayBuffer> {
  const below = (limit: number): number => Math.floor(dice() * limit);
  const at = below(bytes.length + 1);
  const end = Math.min(bytes.length, at + below(RUN_BYTES_MAX));
  const around = (inner: Uint8Array, until: number = at): Buffer<ArrayBuffer> =>
    Buffer.concat([bytes.subarray(0, at), inner, bytes.subarray(until)]);
  switch (below(8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < bytes.length) flipped[at]! ^= 1 << below(8);
      return flipped;
    }
    case 1:
      return around(TURNS.subarray(below(TURNS.length)).subarray(0, 1), Math.min(at + 1, bytes.length));
    case 2:
      return around(TURNS.subarray(below(TURNS.length)).subarray(0, 1));
    case 3:
      return around(Buffer.alloc(0), end);
    case 4:
      return around(bytes.subarray(at, end));
    case 5:
      return around(Buffer.from(words[below(words.length)] ?? ""));
    case 6:
      return around(Buffer.from(words[below(words.length)] ?? ""), end);
    default: {
      const other = seeds[below(seeds.length)]!;
      return around(other.subarray(below(other.length + 1)));
    }
  }
}
