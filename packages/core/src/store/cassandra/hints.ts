import type { Fence, Instant, RecordKey } from "../../record/index.ts";
import { BoundedMap } from "./bounded-map.ts";
import { bucketOf, nameOf, type Place, placeOf, SHARDS } from "./bucket.ts";
import type { NodeClock } from "./clock.ts";
import type { Cql } from "./cql.ts";
import { Places, Start } from "./places.ts";
import { numberOf, type Session } from "./session.ts";

/** Where a write of a key may be found when its time comes. Written before the write, so it may be of one that never was. */
export type Hint = Readonly<{ key: RecordKey; fence: Fence; dueAt: Instant; lookAt: Instant }>;
/** `writtenAt`: by the clock of the node that stamped it. */
export type FoundHint = Hint & Readonly<{ writtenAt: number }>;

/** Places looked up at a time: an hour of buckets. */
const PLACES_PER_LOOK = 960;
/** Hints beyond those asked for, of one place and in all: room for what turns out to be past. A look reads 0.5 MB at most. */
const SPARE_HINTS = 256;
/** A hint whose write is not there is looked at again after this long. */
const ASIDE_MS = 2_000;
const ASIDE_MAX = 20_000;
/** Registered places that are remembered; one that is forgotten is registered again, which is harmless. */
const REGISTERED_MAX = 5_000;

/** The hints of one queue: rows that will be due, or entries that wait. */
export class Hints {
  readonly #session: Session;
  readonly #cql: Cql;
  readonly #queue: string;
  readonly #clock: NodeClock;
  readonly #places = new Places();
  readonly #start = new Start();
  readonly #registered = new BoundedMap<string, true>(REGISTERED_MAX);
  readonly #aside = new BoundedMap<string, number>(ASIDE_MAX);

  constructor(session: Session, cql: Cql, queue: string, clock: NodeClock) {
    this.#session = session;
    this.#cql = cql;
    this.#queue = queue;
    this.#clock = clock;
  }

  /**
   * Never into a time that has passed, however early the row is due: so what has been read stays read, and no place is given
   * up while somebody may still write into it.
   */
  async put(write: Readonly<{ key: RecordKey; fence: Fence; dueAt: Instant }>): Promise<Hint> {
    const now = await this.#clock.roughly();
    const { key, fence, dueAt } = write;
    const hint = { key, fence, dueAt, lookAt: Math.max(dueAt, now) as Instant };
    const place = placeOf(key, hint.lookAt);
    const cells = [this.#queue, place.shard, place.bucket, hint.lookAt, key, fence, dueAt];
    await Promise.all([this.#register(place), this.#session.write(this.#cql.hint, cells)]);
    this.#places.touched(place);
    return hint;
  }

  /** Only of a write that the row has provably passed, or that provably never was. */
  async remove({ key, fence, lookAt }: Hint): Promise<void> {
    const { bucket, shard } = placeOf(key, lookAt);
    await this.#session.write(this.#cql.unhint, [this.#queue, shard, bucket, lookAt, key, fence]);
  }

  /** It is of a write that is not there, or not yet. */
  setAside(hint: Hint, now: Instant): void {
    this.#aside.set(idOf(hint), now + ASIDE_MS);
  }

  /**
   * The hints to look at up to `until`, earliest due first: `wanted` of them and more, if there are. Complete and in exact
   * order as long as no more than that are left; beyond it, in the order of their buckets.
   */
  async collect(until: Instant, wanted: number): Promise<FoundHint[]> {
    const now = await this.#clock.roughly();
    const found: FoundHint[] = [];
    for await (const places of this.#placesUntil(until, now)) {
      const lists = await Promise.all(places.map((place) => this.#readPlace(place, until, now, wanted + SPARE_HINTS)));
      found.push(...lists.flat());
      if (found.length >= wanted + SPARE_HINTS) break;
    }
    return found.sort((a, b) => a.dueAt - b.dueAt);
  }

  /** The places that have hints, oldest first, those of one bucket at a time. */
  async *#placesUntil(until: Instant, now: Instant): AsyncGenerator<readonly Place[]> {
    let after: Place = { bucket: this.#start.next(now) - 1, shard: SHARDS };
    let isFirst = true;
    for (;;) {
      const range = [after.bucket, after.shard, bucketOf(until), SHARDS, PLACES_PER_LOOK];
      const answers = await this.#session.read(this.#cql.places, [this.#queue, ...range]);
      const places = answers.map(({ bucket, shard }): Place => ({ bucket: numberOf(bucket), shard: numberOf(shard) }));
      for (const group of Map.groupBy(places, ({ bucket }) => bucket).values()) yield group;
      if (isFirst) this.#start.saw(places[0]?.bucket ?? null, now);
      isFirst = false;
      const last = places.at(-1);
      if (last === undefined || places.length < PLACES_PER_LOOK) return;
      after = last;
    }
  }

  async #readPlace(place: Place, until: Instant, now: Instant, limit: number): Promise<FoundHint[]> {
    const reading = this.#places.next(place, now);
    if (reading === null) return [];
    const { bucket, shard } = place;
    const range = [reading.from, until, limit];
    const answers = await this.#session.read(this.#cql.hints, [this.#queue, shard, bucket, ...range]);
    const hints = answers.map(
      (answer): FoundHint => ({
        key: answer["key"] as RecordKey,
        fence: answer["fence"] as Fence,
        dueAt: numberOf(answer["due_at"]) as Instant,
        lookAt: numberOf(answer["look_at"]) as Instant,
        writtenAt: Math.floor(numberOf(answer["written"]) / 1_000),
      }),
    );
    if (hints.length < limit) {
      this.#places.saw(place, reading, hints[0]?.lookAt ?? null, Math.min(until, now) as Instant);
      if (hints.length === 0 && reading.sweeping) await this.#giveUp(place);
    }
    return hints.filter((hint) => !this.#isAside(hint, now));
  }

  async #register(place: Place): Promise<void> {
    if (this.#registered.get(nameOf(place))) return;
    await this.#session.write(this.#cql.register, [this.#queue, place.bucket, place.shard]);
    this.#registered.set(nameOf(place), true);
  }

  /** Where it fails, the next look tries again. */
  async #giveUp(place: Place): Promise<void> {
    this.#registered.delete(nameOf(place));
    this.#places.forget(place);
    await this.#session.write(this.#cql.unregister, [this.#queue, place.bucket, place.shard]).catch(() => {});
  }

  #isAside(hint: Hint, now: Instant): boolean {
    const until = this.#aside.get(idOf(hint));
    if (until === undefined || until > now) return until !== undefined;
    this.#aside.delete(idOf(hint));
    return false;
  }
}

function idOf({ key, fence, lookAt }: Hint): string {
  return `${lookAt} ${key} ${fence}`;
}
