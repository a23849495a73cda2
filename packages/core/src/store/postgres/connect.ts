import pg, { type Client } from "pg";
import { StoreError } from "../../record/index.ts";
import { hidden } from "./hosts.ts";
import { type Place, placeOf } from "./lineage.ts";

/** A host that is up accepts within milliseconds, and a claim has 2 s. */
const CONNECT_MS_MAX = 2_000;
/**
 * A connection that answers nothing for so long is given up, and what was asked of it is in doubt. Longer than any commit of a
 * server that works, its wait for a standby included; shorter than what whoever asks would wait.
 */
const ANSWER_MS_MAX = 10_000;
/** Dead peers are noticed by the operating system too, not only by questions that time out. */
const KEEP_ALIVE_MS = 10_000;

export type Connected = Readonly<{ client: Client; place: Place }>;

/** Why a host was not worked with. `standby`: it is up, and not the primary. `sqlState`: its own word. */
export type Failing = Readonly<{ host: string; why: string; standby: boolean; sqlState: string | null }>;

/** No host is a primary that lets us in. Nothing was sent. */
export class ConnectError extends StoreError {
  readonly failing: readonly Failing[];

  constructor(failing: readonly Failing[]) {
    super("unavailable", failing.map(({ host, why }) => `${host}: ${why}`).join("; "));
    this.failing = failing;
  }
}

/** Connects to the first of the hosts that is a primary: nothing is read from a standby, which may be behind. */
export async function connectToPrimary(urls: readonly string[], dropped: (client: Client) => void): Promise<Connected> {
  const failing: Failing[] = [];
  for (const url of urls) {
    const client = new pg.Client({
      connectionString: url,
      application_name: "semel",
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    // A connection that breaks while nobody waits on it would otherwise end the process.
    client.on("error", () => dropped(client));
    const host = hidden(url);
    try {
      await client.connect();
      // Whatever a role or a database was told: with one snapshot for a whole batch, a loser would not see its rival's row.
      await client.query("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED");
      const place = await placeOf(client);
      if (place !== null) return { client, place };
      failing.push({ host, why: "is a standby", standby: true, sqlState: null });
    } catch (error) {
      const { message, code = "" } = error as Error & { code?: string };
      failing.push({ host, why: message, standby: false, sqlState: /^[0-9A-Z]{5}$/.test(code) ? code : null });
    }
    cut(client);
  }
  throw new ConnectError(failing);
}

/** Ends a connection without a word: its server learns of it by the closed socket. */
export function cut(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy: () => void } } }).connection;
  stream.destroy();
}
