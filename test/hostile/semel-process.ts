import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

const COMMAND = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const STARTS_WITHIN_MS = 20_000;

/** A real `semel start` with a store on the disk, all of whose traces lie in one folder: store, log, and what it prints. */
export class SemelProcess implements AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  readonly tokens: Readonly<{ operator: string; viewer: string }>;
  readonly #folder: string;
  readonly #child: ChildProcess;

  private constructor(folder: string, child: ChildProcess, ports: readonly number[], tokens: SemelProcess["tokens"]) {
    this.#folder = folder;
    this.#child = child;
    this.url = `http://127.0.0.1:${ports[0]}`;
    this.adminUrl = `http://127.0.0.1:${ports[1]}`;
    this.tokens = tokens;
  }

  /** `rest`: accounts, upstreams and routes, as YAML. */
  static async start(rest: string): Promise<SemelProcess> {
    const folder = await mkdtemp(join(tmpdir(), "semel-hostile-"));
    const ports = [await freePort(), await freePort()];
    const secret = (): string => randomBytes(32).toString("base64url");
    const tokens = { operator: secret(), viewer: secret() };
    const files = { naming: secret(), f1: secret(), s1: secret(), ...tokens };
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.secret`), text);
    const file = (name: string): string => `"\${file:${folder}/${name}.secret}"`;
    const head = `version: 1
store: sqlite:${folder}/semel.db
listen: { gateway: "127.0.0.1:${ports[0]}", admin: "127.0.0.1:${ports[1]}" }
secrets:
  naming: ${file("naming")}
  fingerprint: { current: f1, keys: { f1: ${file("f1")} } }
  sealing: { current: s1, keys: { s1: ${file("s1")} } }
admin: { tokens: [{ name: ana, role: operator, secret: ${file("operator")} }, { name: vic, role: viewer, secret: ${file("viewer")} }] }
`;
    await writeFile(join(folder, "semel.yaml"), head + rest);
    const printed = openSync(join(folder, "printed"), "a");
    const args = [
      "-C",
      "semel-source",
      COMMAND,
      "start",
      "-c",
      join(folder, "semel.yaml"),
      "--log",
      join(folder, "log"),
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", printed, printed] });
    closeSync(printed);
    const started = new SemelProcess(folder, child, ports, tokens);
    await started.#listening();
    return started;
  }

  /** Every file that it wrote, as it is now: the store with its log and its shared memory, the log, what was printed. */
  traces(): ReadonlyMap<string, Buffer> {
    const names = readdirSync(this.#folder).filter((name) => !name.endsWith(".secret") && name !== "semel.yaml");
    return new Map(names.map((name) => [name, readFileSync(join(this.#folder, name))]));
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    await exited;
  }

  async #listening(): Promise<void> {
    const until = performance.now() + STARTS_WITHIN_MS;
    for (;;) {
      const printed = await readFile(join(this.#folder, "printed"), "utf8");
      if (printed.includes(this.url)) return;
      if (this.#child.exitCode !== null || performance.now() > until) throw new Error(`It does not start:\n${printed}`);
      await sleep(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
