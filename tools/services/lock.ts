import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Identity, identityOf, isAlive } from "./process/identity.ts";

/** Does the work while no other command of this checkout does any: two would start everything twice. */
export async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  take(file);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): void {
  const mine = JSON.stringify(identityOf(process.pid));
  try {
    writeFileSync(file, mine, { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    const holder = JSON.parse(readFileSync(file, "utf8")) as Identity | null;
    if (holder !== null && isAlive(holder))
      throw new Error(`Process ${holder.pid} starts or stops servers: wait for it`);
    // It was interrupted.
    writeFileSync(file, mine);
  }
}
