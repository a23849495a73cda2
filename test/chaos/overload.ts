import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Arrivals, type Phase } from "./arrivals.ts";
import { BankProcess } from "./bank-process.ts";
import { Gateway } from "./gateway.ts";
import { prepareFolder } from "./gateway-folder.ts";
import { UPSTREAMS } from "./kind.ts";
import type { Options } from "./options.ts";

/**
 * The bank takes 100 ms and is given 32 payments at a time, so that it can do some 300 a second: the bank is what is
 * saturated, as it is in front of a payment provider, and this machine still has the CPU to send five times as much.
 */
const BANK_MS = 100;
const IN_FLIGHT = 32;
/** Twice what the bank is given at a time: in a closed loop all of it is always taken. */
const CLOSED_LOOP_CLIENTS = 64;
const SATURATION_MS = 8_000;
const LEVELS = [1, 2, 5] as const;
/** Of the saturation, what arrives while the gateway recovers: a usual day. */
const CALM = 0.5;
/** It has recovered with the first second in which every payment is answered, in twice a calm day's time at most. */
const RECOVERED_WITHIN_MS = 10_000;
const GOODPUT_LEAST = 0.8;
/** What garbage waits to be collected may differ by this between two looks. */
const RSS_GROWS_MOST = 1.3;

export type OverloadReport = Readonly<{
  saturation: number;
  levels: readonly (Readonly<{ times: number; rssMiB: number }> & Phase)[];
  calm: Phase;
  recoveryMs: number | null;
  goodputShare: number;
  rssGrowth: number;
  misses: readonly string[];
}>;

/** One gateway under an open loop of new keys, at 1, 2 and 5 times what it was measured to carry. */
export async function overload(options: Options, folder: string, say: (text: string) => void): Promise<OverloadReport> {
  const partMs = Math.max(3_000, (options.minutes * 60_000) / (LEVELS.length + 2));
  await using bank = await BankProcess.start([...UPSTREAMS.repeat.bank, "--slow", `${BANK_MS}ms`]);
  const limits = `\n    maxInFlight: ${IN_FLIGHT}`;
  const place = await prepareFolder(`${folder}/gateway`, "repeat", { bankPort: bank.port, limits });
  await using gateway = await Gateway.start(place);
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024 });
  const arrivals = new Arrivals(place.port, agent, options.seed);
  try {
    const saturation = await arrivals.saturate(CLOSED_LOOP_CLIENTS, SATURATION_MS);
    say(`saturated at ${saturation.toFixed(0)} payments a second`);
    const calm = await arrivals.openLoop(CALM * saturation, partMs);
    say(lineOf(`${CALM}x`, calm));
    const levels: (Readonly<{ times: number; rssMiB: number }> & Phase)[] = [];
    for (const times of LEVELS) {
      const phase = await arrivals.openLoop(times * saturation, partMs);
      levels.push({ times, rssMiB: rssMiB(gateway.pid!), ...phase });
      say(lineOf(`${times}x`, phase));
    }
    const recoveryMs = await recovery(arrivals, CALM * saturation, 2 * calm.p95Ms);
    const report = conclude({ saturation, levels, calm, recoveryMs });
    say(summaryOf(report));
    return report;
  } finally {
    agent.destroy();
    await sleep(0);
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

type Measured = Pick<OverloadReport, "saturation" | "levels" | "calm" | "recoveryMs">;

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
  return (
    `${name.padStart(5)}: ${perSecond.toFixed(0)} a second came, ${goodput.toFixed(0)} answered ` +
    `(p50 ${p50Ms.toFixed(0)} ms, p95 ${p95Ms.toFixed(0)} ms), ${refused} refused, ${failed} failed; ` +
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
