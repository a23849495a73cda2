import { createClient } from "@redis/client";

/** A server has 16 databases as it comes; the first holds who uses which of the others. */
const DATABASES = 16;
/** Longer than any test: a database whose user was killed is free again after it. */
const TAKEN_SECONDS = 600;

export type RedisClient = ReturnType<typeof createClient>;

/** An empty database of one's own on a server that others use as well. */
export type RedisDatabase = Readonly<{
  url: string;
  /** A connection of the test's own, to do what no cache does. */
  client: RedisClient;
  remove(): Promise<void>;
}>;

export async function freshRedis(server: string): Promise<RedisDatabase> {
  const desk = await connected(server);
  try {
    const number = await take(desk);
    const url = new URL(server);
    url.pathname = `/${number}`;
    const client = await connected(url.href);
    await client.sendCommand(["FLUSHDB"]);
    const remove = async (): Promise<void> => {
      await client.sendCommand(["FLUSHDB"]);
      await client.sendCommand(["SELECT", "0"]);
      await client.sendCommand(["DEL", lockOf(number)]);
      client.destroy();
    };
    return { url: url.href, client, remove };
  } finally {
    desk.destroy();
  }
}

export async function connected(url: string): Promise<RedisClient> {
  const client: RedisClient = createClient({ url, socket: { reconnectStrategy: false } });
  client.on("error", () => {});
  await client.connect();
  return client;
}

const lockOf = (number: number): string => `semel:test:database:${number}`;

async function take(desk: RedisClient): Promise<number> {
  for (let number = 1; number < DATABASES; number += 1) {
    const taken = await desk.sendCommand(["SET", lockOf(number), "1", "NX", "EX", String(TAKEN_SECONDS)]);
    if (taken !== null) return number;
  }
  throw new Error("All databases of the Redis for tests are taken");
}
