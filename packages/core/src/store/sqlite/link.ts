import type { Worker } from "node:worker_threads";
import { StoreError } from "../../record/index.ts";
import type { Answer, Kind, Questions } from "./message.ts";

type Asked = Readonly<{ resolve: (answer: Questions[Kind]["answer"]) => void; reject: (error: StoreError) => void }>;

/** Questions to the worker, and who waits for which answer. After a fatal one every question is in doubt, for ever. */
export class Link {
  readonly #worker: Worker;
  readonly #onFatal: (error: StoreError) => void;
  readonly #asked = new Map<number, Asked>();
  #lastId = 0;
  #ended: StoreError | null = null;

  constructor(worker: Worker, onFatal: (error: StoreError) => void) {
    this.#worker = worker;
    this.#onFatal = onFatal;
    worker.on("message", (answer: Answer) => this.#hear(answer));
    worker.on("error", (error) => this.#die(`The store's thread failed: ${error.message}`));
    worker.on("exit", () => this.#die("The store's thread ended"));
  }

  ask<K extends Kind>(
    kind: K,
    ask: Questions[K]["ask"],
    transfer: ArrayBuffer[] = [],
  ): Promise<Questions[K]["answer"]> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== null) throw this.#ended;
      const id = ++this.#lastId;
      this.#asked.set(id, { resolve: resolve as Asked["resolve"], reject });
      this.#worker.postMessage({ id, kind, ask }, transfer);
    });
  }

  /** The answer to a `close` was heard: the thread's end is no surprise. */
  async end(): Promise<void> {
    this.#ended ??= new StoreError("unavailable", "The store is closed");
    await this.#worker.terminate();
  }

  #hear(answer: Answer): void {
    if (answer.kind === "fatal") {
      this.#die(answer.message);
      return;
    }
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (answer.kind === "done") asked?.resolve(answer.answer);
    else asked?.reject(new StoreError(answer.code, answer.message));
  }

  #die(message: string): void {
    if (this.#ended !== null) return;
    this.#ended = new StoreError("in_doubt", message);
    for (const { reject } of this.#asked.values()) reject(this.#ended);
    this.#asked.clear();
    void this.#worker.terminate();
    this.#onFatal(this.#ended);
  }
}
