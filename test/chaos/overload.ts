import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { join } from "node:path";
import { Arrivals, type Phase } from "./arrivals.ts";
import { BankProcess } from "./bank-process.ts";
import { CpuShare } from "./cpu-share.ts";
import { Gateway } from "./gateway.ts";
import { prepareFolder } from "./gateway-folder.ts";
import { UPSTREAMS } from "./kind.ts";
import type { Options } from "./options.ts";

/** What runs out first. Either way the rest of the machine must be able to send five times as much. */
const BOTTLENECKS = [
  // As in front of a payment provider that is slow: 32 payments at a time, 100 ms each, are some 300 a second.
  { name: "bank", bankMs: 100, inFlight: 32, cpuShare: null },
  // The gateway's own CPU: a fifth of a core, so that the other cores can send five times what it carries.
  { name: "cpu", bankMs: 5, inFlight: 256, cpuShare: 0.2 },
] as const;
type Bottleneck = (typeof BOTTLENECKS)[number];

/** Twice what a slow bank is given at a time: in a closed loop all of it is always taken. */
const CLOSED_LOOP_CLIENTS = 64;
const SATURATION_MS = 8_000;
/** Long enough for a queue to grow that nobody keeps short. */
const PART_MS_MIN = 5_000;
/** What is kept of the connections that a wave has opened. */
const FREE_SOCKETS_MAX = 1_024;
const LEVELS = [1, 2, 5] as const;
/** Of the saturation, what arrives while the gateway recovers: a usual day. */
const CALM = 0.5;
/** It has recovered with the first second in which every payment is answered, in twice a calm day's time at most. */
const RECOVERED_WITHIN_MS = 10_000;
const GOODPUT_LEAST = 0.8;
/** What garbage waits to be collected may differ by this between two looks. */
const RSS_GROWS_MOST = 1.3;

type Level = Readonly<{ times: number; rssMiB: number }> & Phase;

export type OverloadReport = Readonly<{
  bottleneck: Bottleneck["name"];
  saturation: number;
  levels: readonly Level[];
  calm: Phase;
  recoveryMs: number | null;
  goodputShare: number;
  rssGrowth: number;
  misses: readonly string[];
}>;

/** One gateway under an open loop of new keys, at 1, 2 and 5 times what it was measured to carry, for each bottleneck. */
export async function overload(options: Options, folder: string, say: Say): Promise<readonly OverloadReport[]> {
  const reports: OverloadReport[] = [];
  for (const bottleneck of BOTTLENECKS) {
    using cpu = bottleneck.cpuShare === null ? null : CpuShare.make(bottleneck.cpuShare);
    if (cpu === null && bottleneck.cpuShare !== null) {
      say("NOT RUN: overload of the CPU: this machine lets us make no control group (Linux, root)");
      continue;
    }
    say(`${bottleneck.name} is the bottleneck`);
    const report = await measure(bottleneck, cpu, options, join(folder, bottleneck.name), say);
    say(summaryOf(report));
    reports.push(report);
  }
  return reports;
}

type Say = (text: string) => void;

async function measure(
  { name, bankMs, inFlight }: Bottleneck,
  cpu: CpuShare | null,
  { minutes, seed }: Options,
  folder: string,
  say: Say,
): Promise<OverloadReport> {
  const partMs = Math.max(PART_MS_MIN, (minutes * 60_000) / BOTTLENECKS.length / (LEVELS.length + 2));
  await using bank = await BankProcess.start([...UPSTREAMS.repeat.bank, "--slow", `${bankMs}ms`]);
  const limits = `\n    maxInFlight: ${inFlight}`;
  // The times that a gateway has unless it is told otherwise: short ones would make doubt of what is only slow.
  const times = "sendWithin: 2s, deadline: 30s";
  const place = await prepareFolder(folder, "repeat", { bankPort: bank.port, limits, times });
  await using gateway = await Gateway.start(place);
  cpu?.add(gateway.pid!);
  const agent = new Agent({ keepAlive: true, maxFreeSockets: FREE_SOCKETS_MAX });
  const arrivals = new Arrivals(place.port, agent, seed);
  try {
    const saturation = await arrivals.saturate(CLOSED_LOOP_CLIENTS, SATURATION_MS);
    say(`saturated at ${saturation.toFixed(0)} payments a second`);
    const calm = await arrivals.openLoop(CALM * saturation, partMs);
    say(lineOf(`${CALM}x`, calm));
    const levels: Level[] = [];
    for (const times of LEVELS) {
      const phase = await arrivals.openLoop(times * saturation, partMs);
      levels.push({ times, rssMiB: rssMiB(gateway.pid!), ...phase });
      say(lineOf(`${times}x`, phase));
    }
    const recoveryMs = await recovery(arrivals, CALM * saturation, 2 * calm.p95Ms);
    return conclude({ bottleneck: name, saturation, levels, calm, recoveryMs });
  } finally {
    agent.destroy();
  }
}

async function recovery(arrivals: Arrivals, perSecond: number, p95MsMost: number): Promise<number | null> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < RECOVERED_WITHIN_MS) {
    const beganMs = performance.now() - startedAt;
    const second = await arrivals.openLoop(perSecond, 1_000);
    if (second.answered === second.sent && second.p95Ms <= p95MsMost) return beganMs;
  }
  return null;
}

type Measured = Pick<OverloadReport, "bottleneck" | "saturation" | "levels" | "calm" | "recoveryMs">;

export function conclude(measured: Measured): OverloadReport {
  const { levels, recoveryMs } = measured;
  const peak = Math.max(measured.saturation, ...levels.map(({ goodput }) => goodput));
  const last = levels.at(-1)!;
  const goodputShare = last.goodput / peak;
  const rssGrowth = last.rssMiB / levels[0]!.rssMiB;
  const misses: string[] = [];
  if (goodputShare < GOODPUT_LEAST) misses.push(`goodput at 5x is ${percent(goodputShare)} of the peak, not 80 %`);
  if (recoveryMs === null) misses.push("not recovered within 10 s");
  if (rssGrowth > RSS_GROWS_MOST) misses.push(`resident memory grew ${rssGrowth.toFixed(2)} times from 1x to 5x`);
  for (const { times, replays, replayed } of levels) {
    if (replayed < replays) misses.push(`at ${times}x ${replays - replayed} of ${replays} replays were not served`);
  }
  return { ...measured, goodputShare, rssGrowth, misses };
}

function rssMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Math.round(Number(kib ?? 0) / 1_024);
}

function lineOf(name: string, phase: Phase): string {
  const { perSecond, goodput, p50Ms, p95Ms, refused, failed, replayed, replays, replayP95Ms } = phase;
  const how = Object.entries(phase.failures).map(([what, count]) => `${count} ${what}`);
  return (
    `${name.padStart(5)}: ${perSecond.toFixed(0)} a second came, ${goodput.toFixed(0)} answered ` +
    `(p50 ${p50Ms.toFixed(0)} ms, p95 ${p95Ms.toFixed(0)} ms), ${refused} refused, ` +
    `${failed} failed${how.length > 0 ? ` (${how.join(", ")})` : ""}; ` +
    `replays ${replayed} of ${replays} (p95 ${replayP95Ms.toFixed(0)} ms)`
  );
}

function summaryOf({ levels, recoveryMs, goodputShare, rssGrowth, misses }: OverloadReport): string {
  const rss = levels.map(({ times, rssMiB: mib }) => `${mib} MiB at ${times}x`).join(", ");
  return [
    `goodput at 5x: ${percent(goodputShare)} of the peak; recovered after ${recoveryMs === null ? "more than 10 s" : `${(recoveryMs / 1_000).toFixed(1)} s`}`,
    `resident memory: ${rss} (${rssGrowth.toFixed(2)} times)`,
    ...misses.map((miss) => `MISSED: ${miss}`),
  ].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
