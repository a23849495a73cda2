import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../hostile/free-port.ts";

const COMMAND = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

/** A real `semel start` in a process of its own, that can be killed and started again on the same store and port. */
export class GatewayProcess implements AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  /** What it printed before it was ready. */
  said = "";
  #child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** `rest`: upstreams, defaults and routes, as YAML. */
  static async start(rest: string): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), "semel-test-"));
    for (const name of ["naming", "f1", "s1", "ana"]) {
      await writeFile(join(folder, name), randomBytes(32).toString("base64url"));
    }
    const gateway = new GatewayProcess(folder, await freePort());
    const head = `version: 1
store: sqlite:${folder}/semel.db
listen: { gateway: "127.0.0.1:${gateway.port}", admin: "127.0.0.1:${await freePort()}" }
secrets:
  naming: "\${file:${folder}/naming}"
  fingerprint: { current: f1, keys: { f1: "\${file:${folder}/f1}" } }
  sealing: { current: s1, keys: { s1: "\${file:${folder}/s1}" } }
admin: { tokens: [{ name: ana, role: operator, secret: "\${file:${folder}/ana}" }] }
`;
    await writeFile(join(folder, "semel.yaml"), head + rest);
    await gateway.launch();
    return gateway;
  }

  async launch(): Promise<void> {
    const args = ["-C", "semel-source", COMMAND, "start", "-c", join(this.folder, "semel.yaml"), "--wait-lock", "10s"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let output = "";
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        output += chunk.toString();
        this.said = output;
        if (output.includes(`gateway  http://127.0.0.1:${this.port}`)) resolve();
      };
      child.stdout!.on("data", hear);
      child.stderr!.on("data", hear);
      child.once("exit", (code) => reject(new Error(`The gateway ended with ${code}:\n${output}`)));
    });
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = await exited;
    return code as number | null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }
}
