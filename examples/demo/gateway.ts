import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
/** Time for some payments between one kill and the next. */
const KILL_EVERY_MS = 1_400;
/** Payments are under way for some seconds: more kills would meet nothing but questions. */
const KILLS_MAX = 4;

/** A real gateway process in front of the bank, killed with SIGKILL again and again, and started again each time. */
export class DoomedGateway {
  readonly url: string;
  kills = 0;
  readonly #folder: string;
  #process: ChildProcess | null = null;
  #closed = false;
  #killing: Promise<void> = Promise.resolve();

  private constructor(url: string, folder: string) {
    this.url = url;
    this.#folder = folder;
  }

  static async start(bankUrl: string): Promise<DoomedGateway> {
    const folder = await mkdtemp(join(tmpdir(), "semel-demo-"));
    const [port, adminPort] = [await freePort(), await freePort()];
    for (const name of ["naming", "f1", "s1", "token"])
      await writeFile(join(folder, name), randomBytes(32).toString("base64url"));
    await writeFile(join(folder, "semel.yaml"), configuration(folder, bankUrl, port, adminPort));
    const gateway = new DoomedGateway(`http://127.0.0.1:${port}`, folder);
    await gateway.#launch();
    gateway.#killing = gateway.#killAgainAndAgain();
    return gateway;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#killing;
    await this.#end("SIGTERM");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #killAgainAndAgain(): Promise<void> {
    while (this.kills < KILLS_MAX) {
      await sleep(KILL_EVERY_MS);
      if (this.#closed) return;
      await this.#end("SIGKILL");
      this.kills += 1;
      await this.#launch();
    }
  }

  async #launch(): Promise<void> {
    const args = ["-C", "semel-source", COMMAND, "start", "-c", join(this.#folder, "semel.yaml"), "--wait-lock", "10s"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    let output = "";
    await new Promise<void>((resolve, reject) => {
      child.stderr!.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
      child.stdout!.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes(this.url)) resolve();
      });
      child.once("exit", () => reject(new Error(`The gateway did not start:\n${output}`)));
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }
}

/** Times are short, so that recovery can be watched: a real route has a deadline of 30 s. */
function configuration(folder: string, bankUrl: string, port: number, adminPort: number): string {
  return `version: 1
store: sqlite:${folder}/semel.db
listen: { gateway: "127.0.0.1:${port}", admin: "127.0.0.1:${adminPort}" }
secrets:
  naming: "\${file:${folder}/naming}"
  fingerprint: { current: f1, keys: { f1: "\${file:${folder}/f1}" } }
  sealing: { current: s1, keys: { s1: "\${file:${folder}/s1}" } }
admin: { tokens: [{ name: demo, role: operator, secret: "\${file:${folder}/token}" }] }
accounts: single
upstreams:
  bank:
    url: ${bankUrl}
    recover:
      ask:
        settleAfter: 1s
        get: /payments?key={upstreamKey}
        effect: { status: 200, present: /data/0 }
        noEffect: { status: 200, absent: /data/0 }
        answer: { status: 201, body: /data/0 }
defaults: { sendWithin: 500ms, deadline: 1s }
routes:
  - { match: "POST /payments", upstream: bank }
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
