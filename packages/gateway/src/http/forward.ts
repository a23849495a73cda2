import { type Dispatcher, Pool } from "undici";
import type { Forward, Forwarded, Forwarding, Upstream } from "../flow/index.ts";
import { AnswerBuffer } from "./answer-buffer.ts";

/** The code of the error that destroys a socket at the route's deadline. */
class DeadlineError extends Error {}
/** The claim's time to send was over before the first byte. */
class TooLateError extends Error {}

/** Connections to the upstreams, one pool each. A slot is in hand before a request comes here, so nothing queues. */
export class Upstreams {
  readonly #keyed = new Map<string, Pool>();
  readonly #unkeyed = new Map<string, Pool>();

  readonly forward: Forward = (upstream, request) => send(this.#keyedPool(upstream), upstream, request);

  /** For requests that pass through: they take as long as they take, and must not stand in the way of a claim. */
  passing(upstream: Upstream): Pool {
    return pooled(this.#unkeyed, upstream, {});
  }

  #keyedPool(upstream: Upstream): Pool {
    // Questions have no slot: a few connections more than slots.
    const connections = upstream.maxInFlight + QUESTIONS_IN_FLIGHT;
    return pooled(this.#keyed, upstream, { connections, headersTimeout: 0, bodyTimeout: 0 });
  }

  async close(): Promise<void> {
    const pools = [...this.#keyed.values(), ...this.#unkeyed.values()];
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}

/** Connections are kept for less than the upstream keeps them: a request on one that is just being closed is in doubt. */
function pooled(pools: Map<string, Pool>, upstream: Upstream, more: Pool.Options): Pool {
  let pool = pools.get(upstream.id);
  if (pool === undefined) {
    const { connectMs, idleMs } = upstream.timeouts;
    const connect = { timeout: connectMs };
    const own = { pipelining: 1, keepAliveTimeout: idleMs, keepAliveMaxTimeout: idleMs, connect, allowH2: false };
    pool = new Pool(upstream.url.origin, { ...own, ...more });
    pools.set(upstream.id, pool);
  }
  return pool;
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
  /** Until the first byte, how long it may queue; from then on, how long it may live. */
  #timer: NodeJS.Timeout;
  #status = 0;
  #headers: string[] = [];
  #answer: AnswerBuffer | null = null;

  constructor(request: Forwarding, resolve: (forwarded: Forwarded) => void) {
    this.#request = request;
    this.#resolve = resolve;
    const tooLate = (): void => this.#settle({ kind: "unsent", note: "no connection in time" });
    this.#timer = setTimeout(tooLate, request.startWithinMs);
  }

  /** The last moment at which nothing was sent. undici writes the first byte when this returns. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Told unsent before, or begun before: not one byte more.
    if (this.#settled || this.#started || !this.#request.mayStart()) {
      controller.abort(new TooLateError("the claim's time to send is over"));
      return;
    }
    this.#started = true;
    clearTimeout(this.#timer);
    const over = (): void => controller.abort(new DeadlineError("the deadline passed"));
    this.#timer = setTimeout(over, this.#request.deadlineMs);
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
    clearTimeout(this.#timer);
    this.#answer?.end(null);
    if (isFramed(this.#status, this.#headers, this.#request.method)) this.#answered(null);
    else this.#settle({ kind: "broken", note: "the answer has no length, so nobody can tell whether it is whole" });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    clearTimeout(this.#timer);
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

/** An answer that ends with its connection may have been cut short by a fall of it: half an answer proves nothing. */
function isFramed(status: number, headers: readonly string[], method: string): boolean {
  if (status === 204 || status === 304 || method === "HEAD") return true;
  return headers.some((name, at) => at % 2 === 0 && /^(?:content-length|transfer-encoding)$/i.test(name));
}

/** undici hands over raw headers as buffers or strings, name and value in turn; bytes are kept as they came. */
function rawHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === "string" ? part : part.toString("latin1")));
}
