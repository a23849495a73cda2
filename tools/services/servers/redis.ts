import { placeOf } from "../presence.ts";
import { ServerProcess } from "../process/server-process.ts";
import { within } from "../process/within.ts";
import { freePort } from "./free-port.ts";
import { type Ground, orStop, type Server, serverOf } from "./server.ts";
import { ask } from "./wire.ts";

export type RedisOptions = Ground &
  Readonly<{
    port?: number;
    /** As in redis.conf: `{ appendonly: "yes" }`. */
    settings?: Readonly<Record<string, string>>;
    /** The server that this one copies. */
    replicaOf?: Pick<Server, "url">;
  }>;

/** It keeps nothing on disk, so only the copy of another's data takes time. */
const STARTS_WITHIN_MS = 20_000;

export async function startRedis(options: RedisOptions): Promise<Server> {
  const { folder, launched, port = await freePort(), replicaOf } = options;
  const url = redisUrl(port);
  const node = new ServerProcess({
    label: "redis",
    program: placeOf("redis-server") ?? "redis-server",
    args: argumentsOf({ ...options, port }),
    folder,
    stopSignal: "SIGTERM",
    answers: () => redisAnswers(url),
    startsWithinMs: STARTS_WITHIN_MS,
    launched,
  });
  const server = serverOf({ name: "redis", url, folder, nodes: [node] });
  await orStop(server, async () => {
    await node.start();
    if (replicaOf === undefined || (await within(STARTS_WITHIN_MS, () => isLinked(port)))) return;
    throw new Error(`redis does not follow ${replicaOf.url}`);
  });
  return server;
}

export function redisUrl(port: number): string {
  return `redis://127.0.0.1:${port}`;
}

export function redisAnswers(url: string): Promise<boolean> {
  const isAnswer = (answer: Buffer): boolean => answer.toString().startsWith("+PONG");
  return ask({ port: Number(new URL(url).port), bytes: "PING\r\n", isAnswer });
}

function isLinked(port: number): Promise<boolean> {
  const isAnswer = (answer: Buffer): boolean => answer.includes("master_link_status:up");
  return ask({ port, bytes: "INFO replication\r\n", isAnswer });
}

function argumentsOf({ folder, port, settings, replicaOf }: RedisOptions & { port: number }): string[] {
  const source = replicaOf === undefined ? null : new URL(replicaOf.url);
  const all = {
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    // A replica is sent its copy at once: nobody else is coming whom to wait for.
    "repl-diskless-sync-delay": "0",
    ...settings,
  };
  const replication = source === null ? [] : ["--replicaof", source.hostname, source.port];
  return [...Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]), ...replication];
}
