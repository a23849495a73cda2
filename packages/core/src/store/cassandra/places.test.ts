import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instant, instant } from "../../record/index.ts";
import { bucketOf, endOf } from "./bucket.ts";
import { LATE_MS, Places, Start, SWEEP_AFTER_MS } from "./places.ts";

const NOW = instant(1_790_000_000_000);
const place = { bucket: bucketOf(NOW), shard: 3 };

function later(ms: number): Instant {
  return instant(NOW + ms);
}

function look(places: Places, at: Instant, first: Instant | null): void {
  const reading = places.next(place, at);
  assert.notEqual(reading, null);
  places.saw(place, reading!, first, at);
}

test("a place is read from its beginning first, and then from where it was read", () => {
  const places = new Places();
  assert.deepEqual(places.next(place, NOW), { from: 0, sweeping: false });
  look(places, NOW, null);
  assert.equal(places.next(place, NOW)?.from, NOW - LATE_MS);
});

test("what is left in a place is seen again", () => {
  const places = new Places();
  look(places, NOW, later(-50_000));
  assert.equal(places.next(place, NOW)?.from, NOW - 50_000);
});

test("a place whose time has passed and that is empty is read no more, unless it is written into", () => {
  const places = new Places();
  const over = instant(endOf(place.bucket) + LATE_MS + 1);
  look(places, over, null);
  assert.equal(places.next(place, over), null);
  places.touched(place);
  assert.notEqual(places.next(place, over), null);
});

test("long after its time a place is read once from its beginning, and then from where it was read", () => {
  const places = new Places();
  const over = instant(endOf(place.bucket) + LATE_MS + 1);
  look(places, over, null);
  const longAfter = instant(endOf(place.bucket) + SWEEP_AFTER_MS + 1);
  assert.deepEqual(places.next(place, longAfter), { from: 0, sweeping: true });
  look(places, longAfter, instant(endOf(place.bucket) - 1));
  assert.deepEqual(places.next(place, longAfter), { from: endOf(place.bucket) - 1, sweeping: true });
});

test("places are looked for from the oldest one on, and now and then from the beginning", () => {
  const start = new Start();
  assert.equal(start.next(NOW), 0);
  start.saw(bucketOf(NOW) - 500, NOW);
  assert.equal(start.next(NOW), bucketOf(NOW) - 500);
  start.saw(null, NOW);
  assert.equal(start.next(NOW), bucketOf(later(-SWEEP_AFTER_MS)));
  assert.equal(start.next(later(SWEEP_AFTER_MS + 1)), 0);
});
