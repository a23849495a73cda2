import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay between a client and a server that can cut every connection, and keep answers for itself. */
export class CuttingProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isDeaf = false;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
  }

  static async start(to: number): Promise<CuttingProxy> {
    let proxy: CuttingProxy | null = null;
    const server = createServer((client) => proxy!.#relay(client, to)).listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = new CuttingProxy(server);
    return proxy;
  }

  /** Questions arrive from here on, and answers do not. */
  deafen(): void {
    this.#isDeaf = true;
  }

  hear(): void {
    this.#isDeaf = false;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #relay(client: Socket, to: number): void {
    const upstream = connect(to, "127.0.0.1");
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (chunk) => {
      if (!this.#isDeaf) client.write(chunk);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}
