import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** A folder for the files of one server. Not within the run's: servers run as users of their own, who may not look in there. */
export class ServerFolder implements AsyncDisposable {
  readonly path: string;
  readonly #log: string;
  readonly #keepLogIn: string;

  private constructor(path: string, log: string, keepLogIn: string) {
    this.path = path;
    this.#log = log;
    this.#keepLogIn = keepLogIn;
  }

  /** `keepLogIn`: where its log lies after the run. */
  static async make(name: string, keepLogIn: string): Promise<ServerFolder> {
    const path = await mkdtemp(join(tmpdir(), `semel-chaos-${name}-`));
    return new ServerFolder(path, join(path, `${name}.log`), keepLogIn);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await copyFile(this.#log, join(this.#keepLogIn, `${basename(this.path)}.log`)).catch(() => {});
    await rm(this.path, { recursive: true, force: true });
  }
}
