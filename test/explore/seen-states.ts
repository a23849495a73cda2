const LOAD_MAX = 0.6;

/**
 * A set of 64-bit hashes in typed arrays: 8 bytes a state instead of some 300 for its text. Two of 4 million states
 * share a hash with a probability of 4e-7; then one state would go unexplored.
 */
export class SeenStates {
  size = 0;
  #slots: Uint32Array = new Uint32Array(2 << 16);

  /** Adds the text of a state; false if it was there. */
  add(text: string): boolean {
    if (this.size > (this.#slots.length / 2) * LOAD_MAX) this.#grow();
    const added = insert(this.#slots, hash(text, 0x9747b28c) || 1, hash(text, 0x3c6ef372));
    if (added) this.size += 1;
    return added;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] !== 0) insert(this.#slots, old[at]!, old[at + 1]!);
    }
  }
}

function insert(slots: Uint32Array, high: number, low: number): boolean {
  const mask = slots.length / 2 - 1;
  for (let at = low & mask; ; at = (at + 1) & mask) {
    if (slots[at * 2] === 0) {
      slots[at * 2] = high;
      slots[at * 2 + 1] = low;
      return true;
    }
    if (slots[at * 2] === high && slots[at * 2 + 1] === low) return false;
  }
}

/** Murmur-style mixing of UTF-16 units; the two seeds give independent halves. */
function hash(text: string, seed: number): number {
  let h = seed ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    h = Math.imul(h ^ text.charCodeAt(at), 0x5bd1e995);
    h ^= h >>> 15;
  }
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
