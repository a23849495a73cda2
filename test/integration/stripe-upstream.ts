import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createRequire } from "node:module";

type App = (request: IncomingMessage, response: ServerResponse) => void;
const { createExpressApp } = createRequire(import.meta.url)("stripe-stateful-mock") as { createExpressApp: () => App };

/** npm's stripe-stateful-mock behind a counter of charges, able to hold back an answer after its effect. */
export class StripeUpstream implements AsyncDisposable {
  readonly url: string;
  /** Charges that took effect: answered 200, and not recognised as a replay by the mock itself. */
  charges = 0;
  /** Idempotency keys as they arrived. */
  readonly keys: (string | null)[] = [];
  #holding: Readonly<{ releaseAfterMs: number | null }> | null = null;
  #onHeld: (() => void) | null = null;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  static async start(): Promise<StripeUpstream> {
    const app = createExpressApp();
    let upstream: StripeUpstream | null = null;
    const server = createServer((request, response) => upstream!.#serve(app, request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    upstream = new StripeUpstream(server);
    return upstream;
  }

  /** The next charge takes effect, and its answer is sent so much later; null: never. Resolves when it took effect. */
  holdNext(releaseAfterMs: number | null): Promise<void> {
    this.#holding = { releaseAfterMs };
    return new Promise((resolve) => {
      this.#onHeld = resolve;
    });
  }

  #serve(app: App, request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "POST" && request.url === "/v1/charges") {
      this.keys.push((request.headers["idempotency-key"] as string | undefined) ?? null);
      const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
      response.end = ((...args: unknown[]) => {
        if (response.statusCode === 200 && response.getHeader("idempotent-replayed") === undefined) this.charges += 1;
        if (this.#holding === null) return end(...args);
        const { releaseAfterMs } = this.#holding;
        this.#holding = null;
        if (releaseAfterMs !== null) setTimeout(() => end(...args), releaseAfterMs);
        this.#onHeld?.();
        return response;
      }) as typeof response.end;
    }
    app(request, response);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
