import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeOf } from "../../tools/services/presence.ts";
import { urlOf } from "../../tools/services/running.ts";
import { type RedisOptions, startRedis } from "../../tools/services/servers/redis.ts";
import type { Server } from "../../tools/services/servers/server.ts";

/** false: there is one. Otherwise why a test that needs it does not run. */
export const noServer: string | false = skipped(
  (await urlOf("redis")) === null ? "Redis does not run: npm run services -- up redis" : null,
);

/** The same for servers that a test starts itself. */
export const noProgram: string | false = skipped(
  placeOf("redis-server") === null ? "Redis is not installed: npm run services -- up redis" : null,
);

/** A machine that promises to have the programs fails instead. */
export function skipped(why: string | null): string | false {
  if (why === null) return false;
  if (process.env["SEMEL_REQUIRE_SERVICES"] === "1") throw new Error(why);
  console.error(`SKIPPED: ${why}`);
  return why;
}

/** A Redis of a test's own, stopped and removed at its end. */
export class OwnRedis implements AsyncDisposable {
  readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async start(options: Omit<RedisOptions, "folder"> = {}): Promise<OwnRedis> {
    const folder = await mkdtemp(join(tmpdir(), "semel-redis-"));
    return new OwnRedis(await startRedis({ ...options, folder }));
  }

  get url(): string {
    return this.server.url;
  }

  /** Its one process: what is killed, paused and started again. */
  get node(): Server["nodes"][number] {
    return this.server.nodes[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    await rm(this.server.folder, { recursive: true, force: true });
  }
}
