import { type PostgresServer, startPostgres } from "../../../tools/services/servers/postgres.ts";
import { startRedis } from "../../../tools/services/servers/redis.ts";
import type { Server } from "../../../tools/services/servers/server.ts";
import type { Ground } from "./ground.ts";
import type { RedisPlace } from "./redis-acts.ts";
import { redisFaults } from "./redis-faults.ts";
import { ReplayTimes } from "./replay-times.ts";
import { ServerFolder } from "./server-folder.ts";
import { StoreWires } from "./wires.ts";

/** A Redis that remembers answers, beside a PostgreSQL that nothing befalls: whatever goes wrong is the cache's doing. */
export async function redisGround(seed: number, folder: string): Promise<Ground> {
  await using begun = new AsyncDisposableStack();
  const keep = async <T extends Server>(name: string, start: (at: string) => Promise<T>): Promise<T> => {
    const server = await start(begun.use(await ServerFolder.make(name, folder)).path);
    begun.defer(() => server.stop());
    return server;
  };
  const postgres: PostgresServer = await keep("postgres", (at) => startPostgres({ folder: at }));
  const first = await keep("redis", (at) => startRedis({ folder: at }));
  const second = await keep("redis", (at) => startRedis({ folder: at, replicaOf: first }));
  const place: RedisPlace = { primary: first, replica: second };
  const wires = begun.use(await StoreWires.start(() => Number(new URL(place.primary.url).port), seed));
  const times = new ReplayTimes();
  const { faults, struck } = redisFaults(place, wires, times);
  const owned = begun.move();
  return {
    lines: (gateway) => `store: ${postgres.url}\ncache: redis://127.0.0.1:${wires.proxies[gateway]!.port}`,
    environment: {},
    wires: wires.proxies,
    faults,
    // Of eight kinds, most last some seconds.
    firstRoundMs: 75_000,
    begin: (stage) => {
      wires.begin();
      times.begin(stage);
    },
    calm: async () => {
      times.end();
      wires.calm();
    },
    notes: () => [times.text(), ...Object.entries(struck.all()).map(([what, count]) => `${what}: ${count}`)],
    complaints: () =>
      Object.entries(struck.all()).flatMap(([what, count]) =>
        count === 0 ? [`${what}: none, so nothing was proved`] : [],
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
