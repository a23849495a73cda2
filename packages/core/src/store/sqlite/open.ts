import { once } from "node:events";
import { writeSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { instant, type StoreError, type Survival } from "../../record/index.ts";
import { Clock } from "./clock.ts";
import { Link } from "./link.ts";
import type { Opened, Opening } from "./message.ts";
import { StoreOpenError } from "./open-error.ts";
import { preparePlace, type StatFs, systemStatFs } from "./place.ts";
import { Sqlite, type SqliteStore } from "./store.ts";

export type SqliteStoreOptions = Readonly<{
  /** The file. Its folder must exist; the file is made with mode 0600 if it does not. */
  path: string;
  /** How long to wait for another process that owns the file, for instance while it is replaced by this one. Default: 0. */
  waitLockMs?: number;
  /** Look at every page of the file before opening it, about a second per GB. Default: no. */
  quickCheck?: boolean;
  /** The file cannot be trusted any more, and all that was asked is in doubt. Default: say so, and end the process with code 70. */
  onFatal?: (error: StoreError) => void;
  /** Milliseconds since the Unix epoch. Default: the wall clock. */
  wallClock?: () => number;
  /** Default: the system's. */
  statFs?: StatFs;
}>;

/** EX_SOFTWARE of sysexits.h. A supervisor starts the process anew, and the file is read from the disk again. */
const FATAL_EXIT_CODE = 70;

/** Opens the store, as the only owner of its file. Throws StoreOpenError. */
export async function sqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const path = await placeOf(options.path);
  const { volatile } = await preparePlace(path, options.statFs ?? systemStatFs);
  const wall = options.wallClock ?? Date.now;
  const { waitLockMs = 0, quickCheck = false } = options;
  const worker = startWorker({ path, waitLockMs, quickCheck, wall: instant(Math.floor(wall())) });
  const opened = await firstMessage(worker);
  if (opened.kind === "refused") {
    await worker.terminate();
    throw new StoreOpenError(opened.refusal);
  }
  const survives: Survival = opened.durable && !volatile ? "power-loss" : "process-crash";
  const link = new Link(worker, options.onFatal ?? ((error) => endProcess(path, error)));
  return new Sqlite(link, new Clock({ wall, monotonic: () => performance.now() }, opened.mark), survives);
}

/** Where SQLite will put the log: beside the file itself, not beside a link to it. */
async function placeOf(path: string): Promise<string> {
  return await realpath(path).catch(() => resolve(path));
}

/** Sources run as .ts, what is built from them as .js. */
function startWorker(workerData: Opening): Worker {
  const url = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(url, { workerData, name: "semel-sqlite" });
}

/** A thread that cannot even start says so by an error or by its end. */
async function firstMessage(worker: Worker): Promise<Opened> {
  const ended = once(worker, "exit").then(([code]): Opened => {
    return { kind: "refused", refusal: { code: "failed", message: `The store's thread ended with code ${code}` } };
  });
  const said = once(worker, "message").then(([message]) => message as Opened);
  return await Promise.race([said, ended]);
}

function endProcess(path: string, error: StoreError): never {
  const advice = "check the disk, then start again: what was not acknowledged is in doubt and will be recovered";
  writeSync(2, `semel: the store ${path} failed and this process ends (${error.message}); ${advice}\n`);
  process.exit(FATAL_EXIT_CODE);
}
