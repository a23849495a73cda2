import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Place } from "./gateway-folder.ts";
import type { FoundState } from "./oracle.ts";

const COMMAND = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
/** Before a gateway that ended by itself is started again, so that one that cannot start does not take a core. */
const PAUSE_MS = 250;
/** A start takes a second; with every core busy and a full disk before it, some. */
const READY_WITHIN_MS = 30_000;
/** What is sent is finished within the deadline (1 s), and the admin server and the store close. */
const STOPS_WITHIN_MS = 20_000;
const LOOK_UP_WITHIN_MS = 5_000;
/** Of what the process said, kept for a report. */
const OUTPUT_CHARS_MAX = 4_000;

/** A real `semel start`, brought up again on the same store whenever it ends, as an init system would. */
export class Gateway implements AsyncDisposable {
  readonly place: Place;
  /** Ends that nobody asked for. */
  readonly exits: string[] = [];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;
  #expectsEnd = false;
  #closed = false;
  #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #isReady = false;
  #supervising: Promise<void> = Promise.resolve();

  private constructor(place: Place, environment: NodeJS.ProcessEnv) {
    this.place = place;
    this.#environment = environment;
  }

  static async start(place: Place, environment: Readonly<Record<string, string>> = {}): Promise<Gateway> {
    // Compiled once for all starts: a third of a start's CPU, and a run has hundreds of them on few cores.
    const compiled = join(dirname(place.folder), "compiled");
    const isFirst = !existsSync(compiled);
    const gateway = new Gateway(place, { ...process.env, NODE_COMPILE_CACHE: compiled, ...environment });
    gateway.#supervising = gateway.#supervise();
    await gateway.ready();
    // It is written when a process ends in good order, which one that is killed never does.
    if (isFirst) await gateway.deploy();
    await gateway.ready();
    return gateway;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Resolves once the process that runs, or is being started, takes requests. */
  async ready(): Promise<void> {
    const late = sleep(READY_WITHIN_MS, "late", { ref: false });
    const first = await Promise.race([this.#ready.promise, late]);
    if (first === "late") throw new Error(`No gateway in ${READY_WITHIN_MS} ms:\n${this.exits.at(-1) ?? ""}`);
  }

  /** Ends the process at once; the next one is started at once. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** A deploy: the old process ends in good order, the next one takes over. False: it did not end in time. */
  async deploy(): Promise<boolean> {
    const child = this.#child;
    const ended = this.#end("SIGTERM").then(() => "ended");
    const late = await Promise.race([ended, sleep(STOPS_WITHIN_MS, "late", { ref: false })]);
    if (late === "ended") return true;
    child?.kill("SIGKILL");
    await ended;
    return false;
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child?.kill(signal);
  }

  /** What the gateway says of a run, whole; null: it knows none. */
  async show(run: string): Promise<(Readonly<{ state: FoundState }> & Readonly<Record<string, unknown>>) | null> {
    const { adminPort, token } = this.place;
    const answer = await fetch(`http://127.0.0.1:${adminPort}/api/keys/${run}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(LOOK_UP_WITHIN_MS),
    });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`The admin API answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Readonly<{ state: FoundState }> & Readonly<Record<string, unknown>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.signal("SIGCONT");
    await this.#end("SIGKILL");
    await this.#supervising;
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    this.#expectsEnd = true;
    // At once: whoever asks for the next process must not be told of this one.
    this.#awaitNext();
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  #isUp(): void {
    this.#isReady = true;
    this.#ready.resolve();
  }

  /** Whoever waits for a process that never came up waits on, for the next one. */
  #awaitNext(): void {
    if (this.#isReady) this.#ready = Promise.withResolvers();
    this.#isReady = false;
  }

  async #supervise(): Promise<void> {
    while (!this.#closed) {
      const { code, signal, output } = await this.#run();
      if (this.#expectsEnd) {
        this.#expectsEnd = false;
        continue;
      }
      this.#awaitNext();
      this.exits.push(`${code ?? signal}: ${output.slice(-OUTPUT_CHARS_MAX)}`);
      await sleep(PAUSE_MS);
    }
  }

  async #run(): Promise<Readonly<{ code: number | null; signal: string | null; output: string }>> {
    const { configuration, port, folder } = this.place;
    const log = join(folder, "semel.log");
    const args = ["-C", "semel-source", COMMAND, "start", "-c", configuration, "--wait-lock", "10s", "--log", log];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"], env: this.#environment });
    this.#child = child;
    let output = "";
    const hear = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARS_MAX);
      // A process that is being ended may still say that it is there.
      if (!this.#expectsEnd && output.includes(`gateway  http://127.0.0.1:${port}`)) this.#isUp();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    appendFileSync(join(folder, "exits.log"), `${new Date().toISOString()} ${code ?? signal}\n${output}\n`);
    return { code, signal, output };
  }
}
