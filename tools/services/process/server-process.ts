import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { end, freeze, kill, type Launched, thaw } from "./end.ts";
import { identityOf, isAlive } from "./identity.ts";
import type { Owner } from "./owner.ts";
import { within } from "./within.ts";

export type Recipe = Readonly<{
  /** What it is called in errors, and its log: `redis` writes redis.log. */
  label: string;
  program: string;
  args: readonly string[];
  /** Where it runs and its log lies. */
  folder: string;
  stopSignal: Launched["stopSignal"];
  /** Whose it is; undefined: ours. */
  owner?: Owner | undefined;
  /** Whether it serves: a real question in its own protocol. */
  answers: () => Promise<boolean>;
  startsWithinMs: number;
  /** Told at once of each process, so that one can be ended whose start was interrupted. */
  launched?: ((process: Launched) => void) | undefined;
}>;

const LOG_LINES_TOLD = 8;

/** A process in the background that outlives ours, and can be killed, paused and started again. */
export class ServerProcess {
  readonly #recipe: Recipe;
  #process: Launched | null = null;

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
  }

  get pid(): number {
    return this.#running().pid;
  }

  /** Starts it, also again on what it left in its folder, and returns when it answers. */
  async start(): Promise<void> {
    const { label, startsWithinMs, answers } = this.#recipe;
    if (this.#process !== null && isAlive(this.#process)) throw new Error(`${label} runs already`);
    const process = await this.#launch();
    const answered = await within(startsWithinMs, async () => !isAlive(process) || (await answers()));
    if (answered && isAlive(process)) return;
    await kill(process);
    throw new Error(`${label} ${answered ? "ended" : `did not answer in ${startsWithinMs} ms`}: ${this.#lastLines()}`);
  }

  /** In good order. */
  async stop(): Promise<void> {
    if (this.#process !== null) await end(this.#process);
  }

  /** SIGKILL for it and its children, at once. */
  async kill(): Promise<void> {
    await kill(this.#running());
  }

  /** SIGSTOP for it and its children: connections stay open, and nobody answers. */
  pause(): void {
    freeze(this.#running());
  }

  resume(): void {
    thaw(this.#running());
  }

  async #launch(): Promise<Launched> {
    const { program, args, folder, owner, stopSignal, launched } = this.#recipe;
    if (!existsSync("/proc/self/stat")) throw new Error("Without /proc a process cannot be told from a later one");
    const log = openSync(this.#log, "a");
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", log, log], ...owner });
    closeSync(log);
    await once(child, "spawn");
    child.unref();
    const identity = identityOf(child.pid!);
    if (identity === null) throw new Error(`${this.#recipe.label} ended: ${this.#lastLines()}`);
    this.#process = { ...identity, stopSignal };
    launched?.(this.#process);
    return this.#process;
  }

  get #log(): string {
    return join(this.#recipe.folder, `${this.#recipe.label}.log`);
  }

  #running(): Launched {
    if (this.#process === null) throw new Error(`${this.#recipe.label} was not started`);
    return this.#process;
  }

  #lastLines(): string {
    return readFileSync(this.#log, "utf8").trimEnd().split("\n").slice(-LOG_LINES_TOLD).join("\n");
  }
}
