import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP relay that carries every question, and drops the answers when it is told to: what was asked is done, unseen. */
export class MutingProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #muted = false;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
  }

  static async start(to: number): Promise<MutingProxy> {
    let proxy: MutingProxy | null = null;
    const server = createServer((client) => proxy!.#relay(client, to)).listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = new MutingProxy(server);
    return proxy;
  }

  mute(): void {
    this.#muted = true;
  }

  muteThenCut(ms: number): void {
    this.mute();
    setTimeout(() => this.#cut(), ms);
  }

  /** Connections that lost an answer are no good any more: they end here. */
  unmute(): void {
    this.#muted = false;
    this.#cut();
  }

  #cut(): void {
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
    upstream.on("data", (answer) => {
      if (!this.#muted) client.write(answer);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}
