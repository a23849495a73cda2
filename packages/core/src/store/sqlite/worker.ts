import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Instant } from "../../record/index.ts";
import { commit, FatalError, type Outcome, transact, UndoneError } from "./commit.ts";
import { explain, faultOf } from "./fault.ts";
import type { Answer, Kind, Opened, Opening, Question, Questions, SwapsAnswer } from "./message.ts";
import { openDatabase, refusalOf } from "./opening.ts";
import { unpackSwaps } from "./pack.ts";
import { Tables } from "./tables.ts";

/** The clock's mark is written along with swaps, this often: it costs a page of the log, and horizons are hours long. */
const MARK_EVERY_MS = 1_000;
/** Pages in the log before it is folded into the file: 16 MiB, so that a fold takes tens of milliseconds. */
const FOLD_AFTER_PAGES = 4_096;
const PAGE_BYTES = 4_096;

/** The thread that owns the file: it answers one question after the other, in the order they were asked. */
class Thread {
  readonly #db: DatabaseSync;
  readonly #tables: Tables;
  readonly #port: MessagePort;
  readonly #refuseMoved: () => void;
  #mark: Instant;
  #pages = 0;
  /** Closed, or failed. The thread itself is ended by those who started it. */
  #ended = false;

  constructor(port: MessagePort, db: DatabaseSync, { path, wall }: Opening) {
    this.#port = port;
    this.#db = db;
    this.#tables = new Tables(db);
    this.#refuseMoved = watchPlace(path);
    this.#mark = wall;
  }

  take(question: Question): void {
    if (this.#ended) return;
    try {
      this.#say({ id: question.id, kind: "done", answer: this.#answer(question) });
      if (question.kind === "close") this.#ended = true;
      else this.#fold();
    } catch (error) {
      this.#ended = error instanceof FatalError || faultOf(error) === "fatal";
      if (this.#ended) this.#say({ kind: "fatal", message: explain(error) });
      else this.#refuse(question, error);
    }
  }

  #answer(question: Question): Questions[Kind]["answer"] {
    const { kind, ask } = question;
    switch (kind) {
      case "swaps":
        return this.#swaps(ask);
      case "reads":
        return ask.map((key) => this.#tables.read(key));
      case "due":
        return this.#tables.due(ask.now, ask.limit);
      case "drop":
        return this.#write(() => this.#tables.drop(ask));
      case "take":
        return this.#tables.take(ask);
      case "ack":
        return this.#write(() => this.#tables.ack(ask));
      case "page":
        return this.#tables.page(ask.filter, ask.before);
      case "mark":
        this.#mark = ask;
        return this.#write(() => this.#tables.mark(ask));
      case "close":
        this.#write(() => this.#tables.mark(ask));
        this.#db.close();
        return null;
    }
  }

  #swaps({ packed, now }: Questions["swaps"]["ask"]): SwapsAnswer {
    const swaps = unpackSwaps(packed);
    if (now - this.#mark >= MARK_EVERY_MS) this.#refuseMoved();
    const marked = now - this.#mark >= MARK_EVERY_MS ? swaps[0] : undefined;
    const outcomes = commit(this.#db, swaps, (swap) => {
      if (swap === marked) this.#tables.mark(now);
      return this.#tables.swap(swap);
    });
    if (marked !== undefined) this.#mark = now;
    // Each swap changes about one page of the keys' index, and its docs fill others.
    this.#pages += swaps.length + (2 * packed.docs.length) / PAGE_BYTES;
    return exceptions(outcomes);
  }

  #write(write: () => void): null {
    transact(this.#db, write);
    this.#pages += 64;
    return null;
  }

  /** After the answer has left: whoever waits for it does not wait for this. */
  #fold(): void {
    if (this.#pages < FOLD_AFTER_PAGES) return;
    this.#pages = 0;
    try {
      this.#db.exec("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (error) {
      // The log keeps what did not fit, and grows; the next commit without room says so.
      if (faultOf(error) !== "full") throw new FatalError(explain(error), { cause: error });
    }
  }

  #refuse({ id }: Question, error: unknown): void {
    const code = error instanceof UndoneError ? "unavailable" : "in_doubt";
    this.#say({ id, kind: "failed", code, message: explain(error) });
  }

  #say(answer: Answer): void {
    this.#port.postMessage(answer);
  }
}

function exceptions(outcomes: readonly Outcome[]): SwapsAnswer {
  const lost: [number, SwapsAnswer["lost"][number][1]][] = [];
  const failed: [number, "unavailable", string][] = [];
  outcomes.forEach((outcome, index) => {
    if ("failed" in outcome) failed.push([index, "unavailable", outcome.failed]);
    else if (!outcome.won) lost.push([index, outcome.current]);
  });
  return { lost, failed };
}

/** Who writes to a file without a name is read by nobody after a restart. SQLite does not notice. */
function watchPlace(path: string): () => void {
  const { ino } = statSync(path);
  return () => {
    if (statSync(path, { throwIfNoEntry: false })?.ino === ino) return;
    throw new FatalError("its file was moved, replaced or deleted while it was in use");
  };
}

function start(port: MessagePort, opening: Opening): void {
  try {
    const { db, durable, mark } = openDatabase(opening);
    const thread = new Thread(port, db, opening);
    port.postMessage({ kind: "opened", mark, durable } satisfies Opened);
    port.on("message", (question: Question) => thread.take(question));
  } catch (error) {
    const { code, message } = refusalOf(error, opening.path);
    port.postMessage({ kind: "refused", refusal: { code, message } } satisfies Opened);
  }
}

if (parentPort === null) throw new Error("This file is a worker thread of the SQLite store");
start(parentPort, workerData as Opening);
