import { ConnectError, type Connected, connectToPrimary } from "./connect.ts";
import { measure } from "./guarantees.ts";
import { urlsOf } from "./hosts.ts";
import { Known } from "./lineage.ts";
import { PostgresOpenError } from "./open-error.ts";
import { Postgres, type PostgresStore } from "./store.ts";
import { checkTables } from "./tables.ts";

export type PostgresStoreOptions = Readonly<{
  /** postgres://USER:PASSWORD@HOST[:PORT][,HOST…]/DATABASE[?sslmode=…]. Of several hosts the primary is worked with. */
  url: string;
}>;

/** Opens the store on the primary, and measures what it survives. Throws PostgresOpenError. */
export async function postgresStore({ url }: PostgresStoreOptions): Promise<PostgresStore> {
  const urls = urlsOf(url);
  const { client, place } = await openPrimary(urls);
  try {
    await checkTables(client);
    return new Postgres(urls, new Known(place), await measure(client));
  } catch (error) {
    if (error instanceof PostgresOpenError) throw error;
    throw new PostgresOpenError("failed", `The store could not be opened: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => {});
  }
}

export async function openPrimary(urls: readonly string[]): Promise<Connected> {
  try {
    return await connectToPrimary(urls, () => {});
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    throw refusalOf(error);
  }
}

function refusalOf(error: ConnectError): PostgresOpenError {
  const { failing, message } = error;
  const words = failing.find(({ sqlState }) => sqlState !== null);
  if (words !== undefined) {
    const advice = "check the user, its password and the database's name";
    return new PostgresOpenError("refused", `PostgreSQL refused (SQLSTATE ${words.sqlState}): ${message}; ${advice}`);
  }
  if (failing.every(({ standby }) => standby)) {
    return new PostgresOpenError("no_primary", `${message}: name the primary too, or promote one`);
  }
  return new PostgresOpenError("unreachable", `PostgreSQL does not answer: ${message}; start it, or correct the url`);
}
