import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "./clock.ts";

const BEGUN = 1_790_000_000_000;

/** A server whose clock is ahead of ours, told in whole seconds over a trip of so many milliseconds each way. */
function setting(aheadMs: number, tripMs: number) {
  let monotonic = 0;
  let turnedMs = 0;
  const clock = new ServerClock({ wall: () => BEGUN + monotonic + turnedMs, monotonic: () => monotonic });
  const serverMs = (): number => BEGUN + monotonic + aheadMs;
  return {
    clock,
    serverMs,
    turn: (ms: number) => {
      turnedMs += ms;
    },
    pass: (ms: number) => {
      monotonic += ms;
    },
    ask: () => {
      const sentMs = clock.monotonicMs();
      monotonic += tripMs;
      const date = new Date(serverMs()).toUTCString();
      monotonic += tripMs;
      clock.heard(date, sentMs);
    },
  };
}

test("one answer brings the clock within a second and a trip, and some seconds of them within a trip", () => {
  for (const aheadMs of [-3_600_000, -700, 0, 450, 86_400_000]) {
    const it = setting(aheadMs, 4);
    it.ask();
    assert.ok(Math.abs(it.clock.now() - it.serverMs()) <= 1_008, `${aheadMs}: ${it.clock.now() - it.serverMs()}`);
    for (let at = 0; at < 400; at += 1) {
      it.pass(37);
      it.ask();
    }
    // Never going back, a clock that was too far ahead stands until the server's has caught up: here for a second at most.
    assert.ok(Math.abs(it.clock.now() - it.serverMs()) <= 50, `${aheadMs}: ${it.clock.now() - it.serverMs()}`);
  }
});

test("a wall clock that is turned changes nothing", () => {
  const it = setting(0, 4);
  it.ask();
  it.turn(3_600_000);
  it.pass(500);
  assert.ok(it.clock.now() - it.serverMs() < 1_008);
  it.turn(-7_200_000);
  it.pass(500);
  assert.ok(Math.abs(it.clock.now() - it.serverMs()) < 1_008);
});

test("it never goes back, and never falls behind what another process has seen", () => {
  const it = setting(-5_000, 4);
  const first = it.clock.now();
  it.ask();
  assert.ok(it.clock.now() >= first);
  it.clock.passed(first + 60_000);
  assert.equal(it.clock.now(), first + 60_000);
});

test("an answer without a date, or with nonsense for one, changes nothing", () => {
  const it = setting(0, 4);
  for (const date of [undefined, "", "yesterday"]) it.clock.heard(date, 0);
  assert.equal(it.clock.now(), BEGUN);
});
