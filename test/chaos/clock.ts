import { existsSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where Debian's package `faketime` puts it. */
const LIBRARY = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

export const canFakeClock = (): boolean => existsSync(LIBRARY);

/** The wall clock of one process, moved while it runs. Its monotonic clock goes on: a clock that is set does not stop it. */
export class FakeClock {
  readonly environment: Readonly<Record<string, string>>;
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
    this.environment = {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: path,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
  }

  static async make(folder: string): Promise<FakeClock> {
    const clock = new FakeClock(join(folder, "clock"));
    await clock.set(0);
    return clock;
  }

  /** So far ahead of this machine's clock (behind it where negative). The file is replaced whole: it is read all the time. */
  async set(aheadMs: number): Promise<void> {
    const seconds = aheadMs / 1_000;
    await writeFile(`${this.#path}.next`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    await rename(`${this.#path}.next`, this.#path);
  }
}
