import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { promisify } from "node:util";
import { familyCpuSeconds } from "../bench/cpu.ts";
import { runFolder } from "../bench/place.ts";
import { measureRounds, noise, ratio, spread } from "../bench/round.ts";
import { findingOf } from "../bench/row.ts";
import { readSettings } from "../bench/settings.ts";
import { postgresFolder } from "../tools/services/servers/postgres-programs.ts";

const run = promisify(execFile);
/** The bench starts servers of its own. */
const noPrograms = postgresFolder() === null && "PostgreSQL is not installed: npm run services";

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

test("the rows about stores are asked for by a word, and growth by its number alone", () => {
  const { set, rows, rounds } = readSettings(["stores"])!;
  assert.deepEqual({ set, rows, rounds }, { set: "stores", rows: [5, 6, 7, 8, 9], rounds: 5 });
  assert.deepEqual(readSettings(["stores", "--rows", "10"])!.rows, [10]);
  assert.throws(() => readSettings(["stores", "--rows", "4"]), /--rows is 4/);
  assert.throws(() => readSettings(["shops"]), /"shops" is nothing that can be measured/);
});

test("a run beside a server says what both cost, and asks nothing of what is only shown", {
  skip: noPrograms,
}, async () => {
  const argv = ["-C", "semel-source", "bench/main.ts", "stores", "--json", "--quick", "--rows", "5"];
  const { stdout, stderr } = await run(process.execPath, argv);
  const { rows } = JSON.parse(stdout);
  assert.deepEqual(
    rows.map(({ must, aim, better }: { [name: string]: unknown }) => [must, aim, better]),
    [
      [5, 9, "higher"],
      [null, null, "lower"],
      [null, null, "higher"],
      [null, null, "lower"],
    ],
  );
  assert.match(stderr, /postgres .* µs CPU each and .* in the server, .* a second/);
  assert.match(stderr, /shown, nothing is asked of it/);
});

test("a process has the CPU of its children too, also after they have ended", async () => {
  const before = familyCpuSeconds(process.pid);
  await run(process.execPath, ["-e", "while (process.cpuUsage().user < 300_000);"]);
  assert.ok(familyCpuSeconds(process.pid) - before >= 0.2);
});

test("what is held against a number has a ratio to it, and the noise of what was measured", () => {
  const goal = { figure: "drops", than: 100, must: 1 };
  const { row, noise: itself } = findingOf(
    [
      [90, 110],
      [120, 120],
    ],
    "dropped",
    goal,
  );
  assert.deepEqual(row, { figure: "drops", ratio: 1.15, low: 0.9, high: 1.2, better: "higher", must: 1, aim: null });
  assert.deepEqual(itself, spread([110 / 90, 1]));
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
