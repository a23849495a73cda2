import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { runFolder } from "../bench/place.ts";
import { measureRounds, noise, ratio, spread } from "../bench/round.ts";
import { readSettings } from "../bench/settings.ts";

const run = promisify(execFile);

test("a run says each figure as JSON, and nothing else on standard output", async () => {
  const argv = ["-C", "semel-source", "bench/main.ts", "--json", "--quick", "--rows", "3,4"];
  const { stdout, stderr } = await run(process.execPath, argv);
  const { rows, ...others } = JSON.parse(stdout);
  assert.deepEqual(others, {});
  assert.deepEqual(
    rows.map(({ figure, better, must, aim }: { [name: string]: unknown }) => [String(figure)[0], better, must, aim]),
    [
      ["3", "higher", 0.5, 0.65],
      ["4", "higher", 0.4, 0.65],
      ["4", "higher", 1.3, 1.3],
    ],
  );
  for (const row of rows) {
    assert.deepEqual(Object.keys(row), ["figure", "ratio", "low", "high", "better", "must", "aim"]);
    assert.ok(0 < row.low && row.low <= row.ratio && row.ratio <= row.high, JSON.stringify(row));
  }
  assert.match(stderr, /µs CPU each.* a second/);
  assert.match(stderr, /A\/A/);
});

test("without options the settings are those of the quoted figures", () => {
  const { rounds, warmMs, slotMs, rows } = readSettings([])!;
  assert.deepEqual({ rounds, warmMs, slotMs, rows }, { rounds: 5, warmMs: 5_000, slotMs: 10_000, rows: [1, 2, 3, 4] });
  assert.throws(() => readSettings(["--rows", "5"]), /--rows is 5/);
});

test("a slot goes there and back, and what drifts evenly leaves the ratio alone", async () => {
  const order: string[] = [];
  const measure = async (name: string) => {
    order.push(name);
    const drift = 1 + order.length / 10;
    return { cpuMicros: drift * (name === "mine" ? 20 : 10), perSecond: 1 };
  };
  const rounds = await measureRounds(["bare", "mine"], 1, measure, () => {});
  assert.deepEqual(order, ["bare", "mine", "mine", "bare"]);
  assert.equal(ratio(rounds, "cpuMicros", "mine", "bare").median.toFixed(3), "2.000");
  assert.equal(noise(rounds, "cpuMicros", "bare").median.toFixed(3), "1.273");
  assert.deepEqual(spread([3, 1, 2, 10]), { median: 2.5, low: 1, high: 10 });
});

test("memory is no disk: tmpfs is refused in a sentence", () => {
  // Where a system has no shared memory under this name, there is nothing to refuse.
  if (!existsSync("/dev/shm")) return;
  assert.throws(() => runFolder("/dev/shm"), /is on tmpfs, where nothing is durable and fsync costs nothing/);
});
