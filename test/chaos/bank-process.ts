import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Ledger } from "./oracle.ts";

const BANK = fileURLToPath(new URL("../../examples/bank/main.ts", import.meta.url));
/** A list of effects of one key is short, a ledger of an hour some MB: both are read from this machine. */
const ANSWERS_WITHIN_MS = 30_000;

/** The demo bank in a process of its own: it is never killed, so its ledger in memory is the truth. */
export class BankProcess implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(options: readonly string[]): Promise<BankProcess> {
    const args = ["-C", "semel-source", BANK, "--port", "0", ...options];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const port = await new Promise<number>((resolve, reject) => {
      let output = "";
      child.stdout!.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output);
        if (found) resolve(Number(found[1]));
      });
      child.once("exit", (code) => reject(new Error(`The bank ended with ${code}: ${output}`)));
    });
    return new BankProcess(child, port);
  }

  async ledger(): Promise<Ledger> {
    return (await this.#get("/ledger")) as Ledger;
  }

  /** The ledger's lines for one key: every payment that was made under it. */
  async effectsOf(key: string): Promise<string> {
    return JSON.stringify(await this.#get(`/payments?key=${encodeURIComponent(`"${key}"`)}`));
  }

  async #get(path: string): Promise<unknown> {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal });
    if (!answer.ok) throw new Error(`The bank answered ${answer.status} to ${path}`);
    return await answer.json();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
