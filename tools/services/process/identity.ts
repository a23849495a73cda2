import { readFileSync } from "node:fs";

/** A process, so named that a later one with the same number is another. */
export type Identity = Readonly<{ pid: number; born: string }>;

/** null: there is no such process, or only what is left of one until its parent asks. */
export function identityOf(pid: number): Identity | null {
  const ticks = startTicks(read(`/proc/${pid}/stat`) ?? "");
  return ticks === null ? null : { pid, born: `${bootOf()}/${ticks}` };
}

export function isAlive({ pid, born }: Identity): boolean {
  return identityOf(pid)?.born === born;
}

export function childrenOf(pid: number): Identity[] {
  const pids = (read(`/proc/${pid}/task/${pid}/children`) ?? "").split(" ").filter((it) => it.trim() !== "");
  return pids.map((it) => identityOf(Number(it))).filter((it) => it !== null);
}

/** When it started, in ticks since the machine did. The name, which comes first, may hold blanks and brackets. */
export function startTicks(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  return state === undefined || "ZX".includes(state) ? null : (fields[19] ?? null);
}

/** Ticks count from the start of the machine: after the next one they mean another moment. */
function bootOf(): string {
  return (read("/proc/sys/kernel/random/boot_id") ?? "").trim();
}

function read(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
