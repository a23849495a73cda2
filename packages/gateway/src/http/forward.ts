import { type Dispatcher, Pool } from "undici";
import type { Forward, Forwarded, Forwarding, Upstream } from "../flow/index.ts";
import { AnswerBuffer } from "./answer-buffer.ts";

/** The code of the error that destroys a socket at the route's deadline. */
class DeadlineError extends Error {}
/** The claim's time to send was over before the first byte. */
class TooLateError extends Error {}

/** Connections to the upstreams, one pool each. A slot is in hand before a request comes here, so nothing queues. */
export class Upstreams {
  readonly #pools = new Map<string, Pool>();

  readonly forward: Forward = (upstream, request) => send(this.pool(upstream), upstream, request);

  /** Kept open for less than the upstream keeps them: a request on a connection that is just being closed is in doubt. */
  pool(upstream: Upstream): Pool {
    let pool = this.#pools.get(upstream.id);
    if (pool === undefined) {
      const { connectMs, idleMs } = upstream.timeouts;
      pool = new Pool(upstream.url.origin, {
        // Questions have no slot: a few connections more than slots.
        connections: upstream.maxInFlight + QUESTIONS_IN_FLIGHT,
        pipelining: 1,
        keepAliveTimeout: idleMs,
        keepAliveMaxTimeout: idleMs,
        connect: { timeout: connectMs },
        headersTimeout: 0,
        bodyTimeout: 0,
        allowH2: false,
      });
      this.#pools.set(upstream.id, pool);
    }
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
    this.#pools.clear();
  }
}

const QUESTIONS_IN_FLIGHT = 64;

function send(pool: Pool, upstream: Upstream, request: Forwarding): Promise<Forwarded> {
  return new Promise((resolve) => {
    const exchange = new Exchange(request, resolve);
    const prefix = upstream.url.pathname.replace(/\/$/, "");
    const path = `${prefix}${request.target}`;
    const { method, headers, body } = request;
    try {
      // `reset: false`, no retry interceptor, no redirect: one request, once.
      pool.dispatch(
        { path, method: method as Dispatcher.HttpMethod, headers: [...headers], body: body.length === 0 ? null : body },
        exchange,
      );
    } catch (error) {
      exchange.onResponseError(null, error as Error);
    }
  });
}

/** One request's life, as undici reports it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: Forwarding;
  readonly #resolve: (forwarded: Forwarded) => void;
  #started = false;
  #settled = false;
  #deadline: NodeJS.Timeout | undefined;
  #status = 0;
  #headers: string[] = [];
  #answer: AnswerBuffer | null = null;

  constructor(request: Forwarding, resolve: (forwarded: Forwarded) => void) {
    this.#request = request;
    this.#resolve = resolve;
  }

  /** The last moment at which nothing was sent. undici writes the first byte when this returns. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#request.mayStart()) {
      controller.abort(new TooLateError("the claim's time to send is over"));
      return;
    }
    this.#started = true;
    this.#deadline = setTimeout(
      () => controller.abort(new DeadlineError("the deadline passed")),
      this.#request.deadlineMs,
    );
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = rawHeaders(controller.rawHeaders);
    this.#answer = new AnswerBuffer(this.#request.answerBytesMax, {
      pause: () => controller.pause(),
      resume: () => controller.resume(),
    });
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#answer?.push(chunk) === true) this.#answered(this.#answer.rest());
  }

  onResponseEnd(): void {
    clearTimeout(this.#deadline);
    this.#answer?.end(null);
    this.#answered(null);
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    clearTimeout(this.#deadline);
    this.#answer?.end(error);
    const note = error.message === "" ? error.name : error.message;
    if (!this.#started) this.#settle({ kind: "unsent", note });
    else this.#settle({ kind: error instanceof DeadlineError ? "timeout" : "broken", note });
  }

  #answered(rest: AsyncIterable<Uint8Array> | null): void {
    const body = this.#answer?.take() ?? new Uint8Array();
    this.#settle({ kind: "answered", status: this.#status, headers: this.#headers, body, rest });
  }

  #settle(forwarded: Forwarded): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#resolve(forwarded);
  }
}

/** undici hands over raw headers as buffers or strings, name and value in turn; bytes are kept as they came. */
function rawHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
}
