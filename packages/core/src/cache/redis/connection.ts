import { createClient, RESP_TYPES } from "@redis/client";

/** From the first packet to the last word of the handshake, TLS included. A server that is up needs a tenth. */
const CONNECT_MS_MAX = 1_000;
/** Between two tries. The longest is what a restarted Redis waits for us, and all that a dead one costs. */
const RETRY_MS = 100;
const RETRY_MS_MAX = 5_000;
/** Processes that lost the same server do not all come back at once. */
const JITTER = 0.2;

/** The client sends no more for a connection than AUTH and SELECT, so a user of Redis needs GET, SET and DEL and nothing else. */
function clientOf(url: string): Client {
  return createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    // Ours to bound: the client's own timer makes an AbortSignal for every command.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: { connectTimeout: CONNECT_MS_MAX, reconnectStrategy: false },
  });
}

/** Of what the client can do, what is used. */
export type Client = Readonly<{
  isReady: boolean;
  sendCommand<T>(command: readonly (string | Buffer)[]): Promise<T>;
  on(event: "error", heard: (error: Error) => void): unknown;
  on(event: "ready", heard: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  unref(): void;
}>;

/** Told when a connection was made, was lost, or could not be made. The reason holds no secret. */
export type Changed = (why: string) => void;

/**
 * One connection, and another when it is lost. Each has a client of its own: nothing that was sent on one is ever sent again on
 * the next. Nobody waits for it: whoever finds none goes on without.
 */
export class Connection {
  readonly #url: string;
  readonly #changed: Changed;
  #ready: Client | null = null;
  /** The one that is being made, or works. */
  #current: Client | null = null;
  #retry: NodeJS.Timeout | null = null;
  #late: NodeJS.Timeout | null = null;
  #failures = 0;
  #isClosed = false;

  constructor(url: string, changed: Changed) {
    this.#url = url;
    this.#changed = changed;
  }

  /** null: there is no connection now. */
  get client(): Client | null {
    return this.#ready?.isReady === true ? this.#ready : null;
  }

  /** Tries once; resolves when that has worked or not. Goes on trying by itself. */
  async connect(): Promise<void> {
    if (this.#isClosed) return;
    const client = clientOf(this.#url);
    this.#current = client;
    client.on("error", (error: Error) => this.#lost(client, reasonOf(error)));
    this.#late = setTimeout(() => this.#lost(client, `no connection within ${CONNECT_MS_MAX} ms`), CONNECT_MS_MAX);
    try {
      // What waits for a command keeps the process up, a connection does not.
      client.unref();
      await client.connect();
      this.#found(client);
    } catch (error) {
      this.#lost(client, reasonOf(error as Error));
    }
  }

  /** Gives this connection up, with all that waits on it, and makes another. */
  cut(why: string): void {
    if (this.#current !== null) this.#lost(this.#current, why);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry ?? undefined);
    clearTimeout(this.#late ?? undefined);
    if (this.#current !== null) abandon(this.#current);
    this.#current = null;
    this.#ready = null;
  }

  #found(client: Client): void {
    if (this.#current !== client) return;
    clearTimeout(this.#late ?? undefined);
    this.#ready = client;
    this.#failures = 0;
    this.#changed("connected");
  }

  #lost(client: Client, why: string): void {
    if (this.#current !== client) return;
    this.#current = null;
    this.#ready = null;
    clearTimeout(this.#late ?? undefined);
    abandon(client);
    const pauseMs = Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MS_MAX) * (1 + JITTER * Math.random());
    this.#failures += 1;
    this.#retry = setTimeout(() => void this.connect(), pauseMs).unref();
    this.#changed(why);
  }
}

/** A client that was left while it connected may still become ready: nobody would close it. */
function abandon(client: Client): void {
  client.on("ready", () => client.destroy());
  client.destroy();
}

/** Without what a server quotes of the command that it did not understand: that may be the password. */
function reasonOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return error.message === "" ? (code ?? error.name) : error.message.split(", with args", 1)[0]!;
}
