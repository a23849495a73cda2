import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pause } from "./deliver.ts";

/** How long close() waits for requests that are being served before it cuts them off. */
const CLOSE_WITHIN_MS = 5_000;

/** Twice the 4 s after which Semel drops an idle connection: the client should be the one that hangs up. */
const KEEP_ALIVE_MS = 8_000;

export type DoorOptions = Readonly<{
  headersTimeoutMs: number;
  requestTimeoutMs: number;
  onError: (error: unknown) => void;
}>;

export type Visit = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The sockets of the bank: who comes in, who is still inside, and how it closes. */
export class Door {
  readonly #server: Server;
  readonly #onError: (error: unknown) => void;
  readonly #inside = new Set<Promise<void>>();
  /** Connected, but no request yet: Node does not count them among the idle ones that its close() ends. */
  readonly #silent = new Set<Socket>();
  readonly #cut = new AbortController();
  #closing = false;

  constructor({ headersTimeoutMs, requestTimeoutMs, onError }: DoorOptions, visit: Visit) {
    this.#onError = onError;
    this.#server = createServer({
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    this.#server.on("connection", (socket: Socket) => {
      this.#silent.add(socket);
      socket.once("close", () => this.#silent.delete(socket));
    });
    this.#server.on("request", (request, response) => this.#receive(visit, request, response));
  }

  /** Waits; rejects once the door is closed for good, so that what has not begun by then never does. */
  readonly pause: Pause = async (delayMs) => {
    if (delayMs > 0) await sleep(delayMs, undefined, { signal: this.#cut.signal });
  };

  /** Rejects with EADDRINUSE where the port is taken. */
  open(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", () => resolve((this.#server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    const timer = setTimeout(() => {
      this.#cut.abort();
      this.#server.closeAllConnections();
    }, CLOSE_WITHIN_MS);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#silent) socket.destroy();
    await closed;
    // A client may be gone while its effect is not yet made.
    await Promise.all(this.#inside);
    clearTimeout(timer);
  }

  #receive(visit: Visit, request: IncomingMessage, response: ServerResponse): void {
    this.#silent.delete(request.socket);
    if (this.#closing) response.setHeader("connection", "close");
    const visited = visit(request, response)
      .catch((error: unknown) => {
        response.destroy();
        if (!this.#cut.signal.aborted) this.#onError(error);
      })
      .finally(() => this.#inside.delete(visited));
    this.#inside.add(visited);
  }
}
