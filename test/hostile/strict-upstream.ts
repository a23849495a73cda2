import { createServer, type Server, type Socket } from "node:net";
import { type StrictRequest, takeRequest } from "./strict-request.ts";

/** Tells a client what was understood of its request: whose it is, so that an answer in wrong hands shows. */
export type Echo = Readonly<{ target: string; key: string | null; owner: string | null; serial: number }>;

const OWNERS = ["x-account", "authorization"];

/**
 * A server that reads by the letter and by nothing else. Whatever of a connection's bytes is not a request of the one form
 * that the gateway may send is a fault, so that a second request hidden in a first one is counted, or complained about.
 */
export class StrictUpstream implements AsyncDisposable {
  readonly received: StrictRequest[] = [];
  readonly faults: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** What is answered; `cut`: and then the connection is closed. */
  answerTo: (request: StrictRequest, serial: number) => Buffer | Readonly<{ cut: Buffer }> = echo;

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(): Promise<StrictUpstream> {
    const upstream = new StrictUpstream();
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as { port: number }).port}`);
  }

  /** Payments by key. */
  get effects(): ReadonlyMap<string, number> {
    const effects = new Map<string, number>();
    for (const { method, key } of this.received) {
      if (method === "POST" && key !== null) effects.set(key, (effects.get(key) ?? 0) + 1);
    }
    return effects;
  }

  clear(): void {
    this.received.length = 0;
    this.faults.length = 0;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let left: Buffer = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("data", (chunk) => {
      left = Buffer.concat([left, chunk]);
      for (;;) {
        const taken = takeRequest(left);
        if (taken === null) return;
        if ("fault" in taken) {
          this.faults.push(taken.fault);
          left = Buffer.alloc(0);
          socket.destroy();
          return;
        }
        left = left.subarray(taken.bytes);
        this.received.push(taken.request);
        const answer = this.answerTo(taken.request, this.received.length);
        if ("cut" in answer) {
          socket.end(answer.cut);
          return;
        }
        socket.write(taken.request.method === "HEAD" ? answer.subarray(0, answer.indexOf("\r\n\r\n") + 4) : answer);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function echo({ target, key, fields }: StrictRequest, serial: number): Buffer {
  const owner = OWNERS.map((name) => fields.get(name)?.[0]).find((value) => value !== undefined) ?? null;
  return jsonAnswer({ target, key, owner, serial } satisfies Echo);
}

export function jsonAnswer(value: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(value));
  const head = `HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}
