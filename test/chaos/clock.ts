import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where Debian's package `faketime` puts it. */
const LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

export const canFakeClock = (): boolean => existsSync(LIBRARY);

/** How long the process may go on with what it read. Reading anew each time takes 30 us, a hundred times what a clock costs. */
const CACHED_S = 1;
/** After this a process that looks at its clock all the time sees the new one: 1.5 s were the most that we saw. */
export const JUMPS_WITHIN_MS: number = CACHED_S * 1_000 + 1_000;

/** The wall clock of one process, moved while it runs. Its monotonic clock goes on: a clock that is set does not stop it. */
export class FakeClock {
  readonly environment: Readonly<Record<string, string>>;
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
    this.environment = {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_CACHE_DURATION: String(CACHED_S),
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
  }

  static async make(folder: string): Promise<FakeClock> {
    const clock = new FakeClock(join(folder, "clock"));
    await clock.set(0);
    return clock;
  }

  /** So far ahead of this machine's clock (behind it where negative). The file is replaced whole: it may be read at any time. */
  async set(aheadMs: number): Promise<void> {
    const seconds = aheadMs / 1_000;
    await writeFile(`${this.#path}.next`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    await rename(`${this.#path}.next`, this.#path);
  }
}
