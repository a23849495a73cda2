import { readFileSync } from "node:fs";

/** USER_HZ: the unit of /proc, on every architecture of Linux that runs Node. */
const TICKS_PER_SECOND = 100;

/** User and system time that all threads of a process have used, those that ended included. */
export function cpuSeconds(pid: number): number {
  const [utime, stime] = times(pid);
  return (utime! + stime!) / TICKS_PER_SECOND;
}

/**
 * The same of a process together with its children: those that live, and those that ended, whose time is counted to their parent.
 * PostgreSQL is a process a connection.
 */
export function familyCpuSeconds(pid: number): number {
  const sum = (ticks: readonly number[]): number => ticks.reduce((all, one) => all + one, 0);
  let ticks = sum(times(pid));
  for (const child of children(pid)) {
    try {
      ticks += sum(times(child));
    } catch {
      // It ended between the two reads. Its parent's next figure has it, and a slot is much longer than that.
    }
  }
  return ticks / TICKS_PER_SECOND;
}

function children(pid: number): number[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ");
  return pids.filter((it) => it.trim() !== "").map(Number);
}

/** utime, stime, and the same two of children that ended and were waited for. */
function times(pid: number): number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The name, in parentheses, may hold spaces: fields are counted from behind it, and utime is the 14th of them all.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).map(Number);
}
