import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections (Linux: from 32768), which would take the port of a server that
 * is down for a moment; above those of well-known servers.
 */
const FIRST = 15_000;
const LAST = 32_000;
/** So many taken in a row means that something else is wrong. */
const TRIES_MAX = 50;

/** A port that is free at all of these addresses. */
export async function freePort(hosts: readonly string[] = ["127.0.0.1"]): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(FIRST, LAST);
    const free = await Promise.all(hosts.map((host) => isFree(host, port)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`No port of ${TRIES_MAX} is free at ${hosts.join(", ")}`);
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
