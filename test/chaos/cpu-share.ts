import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Short periods: a process that has used up its share stands still for milliseconds, not for a tenth of a second. */
const PERIOD_US = 10_000;

/** A control group that gives its processes a share of one core. Linux, and root. */
export class CpuShare implements Disposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** null: this machine does not let us make one. */
  static make(share: number): CpuShare | null {
    const isSecond = existsSync("/sys/fs/cgroup/cgroup.controllers");
    const folder = join(isSecond ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu", `semel-chaos-${process.pid}`);
    const quotaUs = Math.round(PERIOD_US * share);
    try {
      mkdirSync(folder);
      if (isSecond) writeFileSync(join(folder, "cpu.max"), `${quotaUs} ${PERIOD_US}`);
      else {
        writeFileSync(join(folder, "cpu.cfs_period_us"), String(PERIOD_US));
        writeFileSync(join(folder, "cpu.cfs_quota_us"), String(quotaUs));
      }
      return new CpuShare(folder);
    } catch {
      if (existsSync(folder)) rmdirSync(folder);
      return null;
    }
  }

  add(pid: number): void {
    writeFileSync(join(this.#folder, "cgroup.procs"), String(pid));
  }

  /** Its processes have ended. */
  [Symbol.dispose](): void {
    rmdirSync(this.#folder);
  }
}
