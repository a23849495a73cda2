import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request as the upstream saw it, header names in their own case. */
export type Received = Readonly<{ method: string; target: string; headers: readonly string[]; body: Buffer }>;

/** What the upstream does with one request: it writes to the socket whatever it likes. */
export type Play = (socket: Socket, request: Received) => void;

/** A real server whose answers are scripted byte by byte. */
export class Upstream implements AsyncDisposable {
  readonly received: Received[] = [];
  /** Connections that were ever opened, and those that are open. */
  connections = 0;
  readonly open = new Set<Socket>();
  /** Answers that come before `otherwise`, one for each request. */
  readonly next: Play[] = [];
  otherwise: Play = says(answer(201, ["Content-Type", "application/json"], '{"id":"pay_1"}'));
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request) => void this.#serve(request));
    this.#server.on("connection", (socket) => {
      this.connections += 1;
      this.open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.open.delete(socket));
    });
  }

  static async start(port = 0): Promise<Upstream> {
    const upstream = new Upstream();
    await new Promise<void>((resolve) => upstream.#server.listen(port, "127.0.0.1", resolve));
    return upstream;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  async #serve(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const { method = "", url: target = "", rawHeaders } = request;
    const received = { method, target, headers: rawHeaders, body: Buffer.concat(chunks) };
    this.received.push(received);
    (this.next.shift() ?? this.otherwise)(request.socket, received);
  }
}

/** The bytes of an answer with a length; `headers`: name and value in turn. */
export function answer(status: number, headers: readonly string[] = [], body: string | Uint8Array = ""): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const length = status === 204 || status === 304 ? [] : ["Content-Length", String(bytes.length)];
  return Buffer.concat([head(status, [...headers, ...length]), bytes]);
}

export function head(status: number, headers: readonly string[]): Buffer {
  const lines = [`HTTP/1.1 ${status} Scripted`];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** Writes these bytes and leaves the connection open. */
export function says(...parts: readonly (string | Uint8Array)[]): Play {
  return (socket) => {
    for (const part of parts) socket.write(part);
  };
}

/** Writes these bytes and closes the connection. */
export function saysAndLeaves(...parts: readonly (string | Uint8Array)[]): Play {
  return (socket, request) => {
    says(...parts)(socket, request);
    socket.end();
  };
}

/** Writes these bytes after a while. */
export function saysLate(ms: number, bytes: Uint8Array): Play {
  return (socket) => {
    setTimeout(() => socket.write(bytes), ms);
  };
}

/** An answer that comes when it is let go: what is to happen before it has happened, however long that takes. */
export class Held {
  readonly #free = Promise.withResolvers<void>();
  readonly play: Play;

  constructor(bytes: Uint8Array) {
    this.play = (socket) => void this.#free.promise.then(() => socket.write(bytes));
  }

  release(): void {
    this.#free.resolve();
  }
}

/** Says nothing, ever. */
export const silence: Play = () => {};
