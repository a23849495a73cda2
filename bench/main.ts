/** Every figure that the docs quote: ratios of one run, in interleaved slots, each server a process of its own. */
import { rmSync } from "node:fs";
import { loadavg } from "node:os";
import { freshRows, replayRow } from "./http-rows.ts";
import { runFolder } from "./place.ts";
import { table } from "./report.ts";
import type { Finding } from "./row.ts";
import { readSettings, type Settings, USAGE } from "./settings.ts";
import { storeRows } from "./store-rows.ts";
import { serverRows } from "./stores/rows.ts";

try {
  const settings = readSettings(process.argv.slice(2));
  if (settings === null) console.log(USAGE);
  else await bench(settings);
} catch (error) {
  console.error(error instanceof RangeError || error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function bench(settings: Settings): Promise<void> {
  const folder = runFolder(settings.folder);
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const loadBefore = loadavg()[0]!;
  const findings = await measure(settings, folder);
  const load = `load average ${loadBefore.toFixed(2)} before, ${loadavg()[0]!.toFixed(2)} after`;
  const { rounds, slotMs, warmMs } = settings;
  const how = `rounds of A B B A: ${rounds}, slots of ${slotMs / 1_000} s after ${warmMs / 1_000} s of warm-up; ${load}`;
  const text = `${table(findings)}\n\nmedian (low to high), ${how}`;
  if (settings.json) {
    console.error(text);
    console.log(JSON.stringify({ rows: findings.map(({ row }) => row) }));
  } else console.log(text);
}

async function measure(settings: Settings, folder: string): Promise<Finding[]> {
  const run = { settings, folder, heard: (line: string) => console.error(line) };
  if (settings.set === "stores") return await serverRows(run);
  const wants = (...rows: number[]): boolean => rows.some((row) => settings.rows.includes(row));
  return [
    ...(wants(1) ? await replayRow(run) : []),
    ...(wants(2, 3) ? await freshRows(run) : []),
    ...(wants(4) ? await storeRows(run) : []),
  ];
}
