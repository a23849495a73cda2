import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { FAIR, type Weather, WIRE_FAULTS, type WireFault } from "./weather.ts";
import { Wire } from "./wire.ts";

export type Struck = Record<WireFault, number>;

/** A TCP relay to one port that breaks connections as it is told, and counts each fault when it strikes. */
export class FaultProxy implements AsyncDisposable {
  readonly port: number;
  readonly struck: Struck = Object.fromEntries(WIRE_FAULTS.map((fault) => [fault, 0])) as Struck;
  readonly #server: Server;
  readonly #wires = new Set<Wire>();
  #calm = false;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as { port: number }).port;
  }

  /** `to`: a port of this machine; where it is asked for, that is done for each connection. */
  static async start(to: number | (() => number), draw: () => Weather): Promise<FaultProxy> {
    let proxy: FaultProxy | null = null;
    // `allowHalfOpen`: who has said all it wants to say may still be waiting for the answer.
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => proxy!.#accept(near, to, draw));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    proxy = new FaultProxy(server);
    return proxy;
  }

  /** From now on nothing breaks any more; connections that a fault holds are reset. */
  calm(): void {
    this.#calm = true;
    for (const wire of this.#wires) wire.calm();
  }

  #accept(near: Socket, to: number | (() => number), draw: () => Weather): void {
    const far = connect({
      port: typeof to === "number" ? to : to(),
      host: "127.0.0.1",
      allowHalfOpen: true,
      noDelay: true,
    });
    const strike = (fault: WireFault): void => {
      this.struck[fault] += 1;
    };
    const wire = new Wire(near, far, () => (this.#calm ? FAIR : draw()), strike);
    this.#wires.add(wire);
    void wire.carry().finally(() => this.#wires.delete(wire));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const wire of this.#wires) wire.reset();
    this.#server.close();
    await once(this.#server, "close");
  }
}
