import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Of util-linux: it changes the limits of a process that runs. */
const [PRLIMIT] = ["prlimit"] as const;
/** Some more than are open: what comes in first still gets one, the rest none. */
const SPARE = 3;
/** Connections that are held open and say nothing, so that no descriptor is left for who pays. */
const CONNECTIONS = 40;

/** Takes the free descriptors of a process away for a while. False: the process was gone, or this machine has no prlimit. */
export async function exhaustDescriptors(pid: number, port: number, forMs: number): Promise<boolean> {
  const before = softLimit(pid);
  if (before === null) return false;
  const open = readdirSync(`/proc/${pid}/fd`).length;
  if (!setSoftLimit(pid, String(open + SPARE))) return false;
  const held = Array.from({ length: CONNECTIONS }, () => hold(port));
  await sleep(forMs);
  for (const socket of held) socket.destroy();
  setSoftLimit(pid, before);
  return true;
}

function hold(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  return socket;
}

function softLimit(pid: number): string | null {
  try {
    return /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1"))?.[1] ?? null;
  } catch {
    return null;
  }
}

function setSoftLimit(pid: number, soft: string): boolean {
  try {
    execFileSync(PRLIMIT, ["--pid", String(pid), `--nofile=${soft}:`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
