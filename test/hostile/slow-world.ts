import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { call } from "../../examples/bank/call.ts";
import { asking, exchange } from "../gateway/wire.ts";
import { SemelProcess } from "./semel-process.ts";

/** Far more than a route keeps (1 MiB), and than all buffers on the way hold. */
export const LARGE_BYTES = 48 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, "x");

/** A gateway in a process of its own, in front of an upstream that has very large answers. */
export class SlowWorld implements AsyncDisposable {
  readonly gateway: SemelProcess;
  readonly #upstream: Server;
  readonly #sockets: Socket[] = [];

  private constructor(gateway: SemelProcess, upstream: Server) {
    this.gateway = gateway;
    this.#upstream = upstream;
  }

  static async start(): Promise<SlowWorld> {
    const upstream = createServer((request, response) => {
      request.resume();
      if (!request.url!.startsWith("/large")) return void response.writeHead(201, { "content-length": "2" }).end("{}");
      response.writeHead(200, { "content-length": String(LARGE_BYTES) });
      let left = LARGE_BYTES / PIECE.length;
      const more = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= 1;
          if (!response.write(PIECE)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
    const { port } = upstream.address() as { port: number };
    const gateway = await SemelProcess.start(`accounts: single
upstreams: { bank: { url: "http://127.0.0.1:${port}" } }
routes: [{ match: "POST /**", upstream: bank }]
`);
    return new SlowWorld(gateway, upstream);
  }

  /** A connection that nobody closes but the gateway. `closedAt`: when that was, in ms since it was opened. */
  async open(bytes: string): Promise<Readonly<{ socket: Socket; closed: Promise<number>; heard: () => string }>> {
    const { hostname, port } = new URL(this.gateway.url);
    const socket = connect(Number(port), hostname);
    this.#sockets.push(socket);
    let heard = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      heard = (heard + chunk.toString("latin1")).slice(0, 1_000);
    });
    const openedMs = performance.now();
    const closed = new Promise<number>((resolve) => socket.once("close", () => resolve(performance.now() - openedMs)));
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    socket.write(bytes, "latin1");
    return { socket, closed, heard: () => heard };
  }

  /** How long each of so many payments takes, one after the other, in ms, the longest last. */
  async pay(name: string, count: number): Promise<number[]> {
    const took: number[] = [];
    for (let at = 0; at < count; at += 1) {
      const startedMs = performance.now();
      const answer = await exchange(this.gateway.url, asking({ headers: ["Idempotency-Key", `${name}-${at}`] }));
      if (answer.status !== 201) throw new Error(`A good client got ${answer.status}`);
      took.push(performance.now() - startedMs);
    }
    return took.sort((a, b) => a - b);
  }

  async residentBytes(): Promise<number> {
    const headers = { authorization: `Bearer ${this.gateway.tokens.viewer}` };
    const { text } = await call(`${this.gateway.adminUrl}/metrics`, { headers });
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await sleep(50);
    await this.gateway[Symbol.asyncDispose]();
    this.#upstream.closeAllConnections();
    await new Promise<void>((resolve) => this.#upstream.close(() => resolve()));
  }
}
