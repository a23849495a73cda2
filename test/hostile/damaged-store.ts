import type { RecordKey, RecordStore, Row, Swap, Swapped } from "@semel/core/record";
import { memoryStore } from "@semel/core/store/memory";

/** A store on a disk that flips bits: what it gives is not what it was given. */
export class DamagedStore implements RecordStore {
  readonly inner: RecordStore = memoryStore();
  readonly name = "damaged";
  readonly guarantees = this.inner.guarantees;
  /** null: it is sound. */
  damage: ((doc: Uint8Array) => void) | null = null;

  now = async () => await this.inner.now();
  lineage = async () => null;
  due = async () => [];
  drop = async () => {};
  close = async () => await this.inner.close();

  async read(key: RecordKey): Promise<Row | null> {
    return this.#damaged(await this.inner.read(key));
  }

  async swap(swap: Swap): Promise<Swapped> {
    // What a damaged row is turned into is not kept: the next damage is done to the sound one.
    const swapped = await this.inner.swap(swap);
    return swapped.won ? swapped : { won: false, current: this.#damaged(swapped.current) };
  }

  #damaged(row: Row | null): Row | null {
    if (row === null || this.damage === null) return row;
    const doc = Uint8Array.from(row.doc);
    this.damage(doc);
    return { ...row, doc };
  }
}
