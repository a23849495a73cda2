import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Search } from "./models.ts";
import { promiseOf } from "./properties.ts";
import { readVerdict, type Verdict } from "./verdict.ts";

/** Deepest order of events. Five requests with one key go 408 steps deep; a search that needs more than this says so, and fails. */
const DEPTH_MAX = 20_000;
/** What one search may hold. Five requests with one key take 4.7 GB for 73 million states. */
const MEMORY_MB_MAX = 8_192;
/** Up to here, and for any counterexample, the search takes less time than gcc needs to make it fast: 0.3 s against 1.6 s. */
const SMALL_N = 2;
/** To generate and compile a verifier takes two seconds. */
const BUILD_MS_MAX = 120_000;
/** Five requests with one key take twelve minutes on a processor that is shared by three. */
const SEARCH_MS_MAX = 40 * 60_000;
/** What SPIN and its verifiers print: pages, not books. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Events are printed by the models themselves, each behind this mark. */
const EVENT = /^ *= (.*)$/;
const FAILED = /text of failed assertion: assert\((.*)\)/;
const CYCLE = "<<<<<START OF CYCLE>>>>>";

export type Limits = Readonly<{ depth: number; memoryMb: number }>;
export const LIMITS: Limits = { depth: DEPTH_MAX, memoryMb: MEMORY_MB_MAX };

/** Searches every order of events of a model, in a folder of its own. */
export async function searchAll(search: Search, folder: string, limits: Limits = LIMITS): Promise<Verdict> {
  const room = `-DMEMLIM=${limits.memoryMb}`;
  const kind = search.liveness ? ["-DNFAIR=3"] : ["-DSAFETY"];
  await build(search, folder, [search.n > SMALL_N ? "-O2" : "-O0", "-DCOLLAPSE", room, ...kind]);
  // -a: runs that never end; -f: under weak fairness, whoever can always go on does so some time.
  const fair = search.liveness ? ["-a", "-f"] : [];
  return readVerdict(await call(join(folder, "pan"), [`-m${limits.depth}`, ...fair], folder, SEARCH_MS_MAX));
}

/** An order of events, and the promise that it breaks first. */
export type Counterexample = Readonly<{ broken: string; events: readonly string[] }>;

/** Searches for a counterexample, and makes it short. null: there is none. */
export async function findCounterexample(search: Search, folder: string): Promise<Counterexample | null> {
  await build(search, folder, search.liveness ? ["-O0", "-DNFAIR=3"] : ["-O0", "-DSAFETY", "-DREACH"]);
  const flags = search.liveness ? ["-a", "-f"] : ["-i"];
  const verdict = readVerdict(await call(join(folder, "pan"), [`-m${DEPTH_MAX}`, ...flags], folder, SEARCH_MS_MAX));
  if (verdict.errors === 0) return null;
  const replay = ["-k", `${search.file}.pml.trail`, "-T", ...switchesOf(search), `${search.file}.pml`];
  const told = await call("spin", replay, folder, BUILD_MS_MAX);
  const property = FAILED.exec(told)?.[1] ?? (told.includes(CYCLE) ? "acceptance cycle" : "no property");
  return { broken: promiseOf(property), events: eventsIn(told) };
}

function eventsIn(replay: string): string[] {
  return replay.split("\n").flatMap((line) => {
    if (line.includes(CYCLE)) return ["… and so on for ever"];
    const event = EVENT.exec(line)?.[1];
    return event === undefined ? [] : [event];
  });
}

/** pan.c names its parts by where it was made: each search has its folder. */
async function build(search: Search, folder: string, flags: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const model = `${search.file}.pml`;
  copyFileSync(join(import.meta.dirname, model), join(folder, model));
  const made = await call("spin", ["-a", ...switchesOf(search), model], folder, BUILD_MS_MAX);
  if (/\berror\b/i.test(made)) throw new Error(`spin -a ${model}: ${made}`);
  // A process of more than 1,024 bytes of state would stop the search: ours have about a hundred.
  const compiled = await call("gcc", [...flags, "-w", "-o", "pan", "pan.c"], folder, BUILD_MS_MAX);
  if (compiled !== "") throw new Error(`gcc pan.c: ${compiled}`);
}

function switchesOf({ n, switches }: Search): string[] {
  return [`-DN=${n}`, ...switches.map((name) => `-D${name}`)];
}

/** What a program printed. One that ends badly or takes too long says so in what it printed, and that is read. */
function call(program: string, args: readonly string[], cwd: string, timeout: number): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd, timeout, killSignal: "SIGKILL", maxBuffer: OUTPUT_BYTES_MAX } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const ended = error?.killed === true ? `\nkilled after ${timeout / 1000} s` : "";
      resolve(`${stdout}${stderr}${ended}`);
    });
  });
}
