import { readFileSync } from "node:fs";

/** USER_HZ: the unit of /proc, on every architecture of Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** User and system time that all threads of a process have used, those that ended included. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name, in parentheses, may hold spaces: fields are counted from behind it, and utime is the 14th of them all.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
