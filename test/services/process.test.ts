import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { end, freeze, kill, thaw } from "../../tools/services/process/end.ts";
import { childrenOf, identityOf, isAlive, startTicks } from "../../tools/services/process/identity.ts";
import { within } from "../../tools/services/process/within.ts";

const noProc = identityOf(process.pid) === null ? "this system has no /proc" : false;

async function sleeper(): Promise<ReturnType<typeof spawn>> {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  return child;
}

test("the birth of a process is read behind its name, which may look like anything", () => {
  const rest = `S 1 ${"0 ".repeat(17)}4711 0 0`;
  assert.equal(startTicks(`12 (node) ${rest}`), "4711");
  assert.equal(startTicks(`12 (a) S 1 (b) ${rest}`), "4711");
});

test("what waits only for its parent to ask is no process any more", () => {
  assert.equal(startTicks(`12 (node) Z 1 ${"0 ".repeat(17)}4711 0 0`), null);
  assert.equal(startTicks(""), null);
});

test("a process that has the number of an earlier one is left alone", { skip: noProc }, async () => {
  const child = await sleeper();
  const mine = identityOf(child.pid!)!;
  const earlier = { ...mine, born: `${mine.born}0`, stopSignal: "SIGTERM" as const };
  assert.equal(isAlive(earlier), false);
  await end(earlier);
  await kill(earlier);
  assert.equal(isAlive(mine), true);
  await end({ ...mine, stopSignal: "SIGTERM" });
  assert.equal(isAlive(mine), false);
});

test("a process that is paused can be ended", { skip: noProc }, async () => {
  const child = await sleeper();
  const mine = identityOf(child.pid!)!;
  freeze(mine);
  await end({ ...mine, stopSignal: "SIGTERM" });
  assert.equal(isAlive(mine), false);
});

test("pause and kill reach the children as well", { skip: noProc }, async () => {
  const child = spawn("sh", ["-c", "sleep 60 & wait"], { stdio: "ignore" });
  await once(child, "spawn");
  const mine = identityOf(child.pid!)!;
  assert.ok(await within(5_000, () => childrenOf(mine.pid).length === 1));
  assert.equal(freeze(mine).length, 2);
  thaw(mine);
  const [grown] = childrenOf(mine.pid);
  await kill(mine);
  assert.deepEqual([isAlive(mine), isAlive(grown!)], [false, false]);
});
