import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Breaker, FAILURES_MAX } from "./breaker.ts";

function failing(times: number, breaker = new Breaker(), nowMs = 0): Breaker {
  for (let count = 0; count < times; count += 1) breaker.failed(nowMs);
  return breaker;
}

describe("A breaker", () => {
  test("opens after so many failures in a row, and not before", () => {
    assert.equal(failing(FAILURES_MAX - 1).isOpen, false);
    assert.equal(failing(FAILURES_MAX).isOpen, true);
  });

  test("counts failures in a row only", () => {
    const breaker = failing(FAILURES_MAX - 1);
    breaker.succeeded();
    failing(FAILURES_MAX - 1, breaker);
    assert.equal(breaker.isOpen, false);
  });

  test("says once that it opens", () => {
    const breaker = failing(FAILURES_MAX - 1);
    assert.equal(breaker.failed(0), true);
    assert.equal(breaker.failed(0), false);
  });

  test("lets one command through after a pause, until it knows what came of it", () => {
    const breaker = failing(FAILURES_MAX);
    assert.equal(breaker.allows(249), false);
    assert.equal(breaker.allows(250), true);
    assert.equal(breaker.allows(10_000), false);
    breaker.succeeded();
    assert.equal(breaker.isOpen, false);
    assert.equal(breaker.allows(10_000), true);
  });

  test("pauses twice as long each time that the one command fails, up to ten seconds", () => {
    const breaker = failing(FAILURES_MAX);
    let nowMs = 0;
    const pauses = [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000].map((pauseMs) => {
      assert.equal(breaker.allows(nowMs + pauseMs - 1), false);
      nowMs += pauseMs;
      assert.equal(breaker.allows(nowMs), true, `${pauseMs} ms`);
      return breaker.failed(nowMs);
    });
    assert.ok(pauses.every((began) => began));
  });

  test("hears nothing of what was sent before the pause", () => {
    const breaker = failing(FAILURES_MAX);
    breaker.succeeded();
    assert.equal(breaker.isOpen, true);
  });
});
