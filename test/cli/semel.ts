import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** The command in a process of its own. */
export class Semel implements AsyncDisposable {
  /** Both streams, as they came. */
  output = "";
  /** Standard error alone. */
  errors = "";
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, ["-C", "semel-source", COMMAND, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#exited = once(this.#child, "close");
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString();
    };
    this.#child.stdout!.on("data", hear);
    this.#child.stderr!.on("data", (chunk: Buffer) => {
      this.errors += chunk.toString();
      hear(chunk);
    });
  }

  /** Resolves when the output matches, rejects when the process ends before. */
  async says(expected: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = expected.exec(this.output);
      if (match !== null) return match;
      if (this.#child.exitCode !== null) throw new Error(`semel ended with ${this.#child.exitCode}: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves to the exit code. */
  async ends(): Promise<number | null> {
    await this.#exited;
    return this.#child.exitCode;
  }

  async stop(): Promise<number | null> {
    this.#child.kill("SIGTERM");
    return await this.ends();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
      await this.#exited;
    }
  }
}
