import type { ServerName } from "../../../tools/services/servers/table.ts";
import { cassandraGround } from "./cassandra-ground.ts";
import { dynamodbGround } from "./dynamodb-ground.ts";
import type { Ground } from "./ground.ts";
import type { LaneOutcome } from "./lane-outcome.ts";
import type { StoreName } from "./names.ts";
import { postgresGround } from "./postgres-ground.ts";
import { POSTGRES_SCENES } from "./postgres-scenes.ts";
import { redisGround } from "./redis-ground.ts";
import type { Run } from "./run.ts";
import { playScene } from "./scene.ts";

type StoreUnderChaos = Readonly<{
  /** All of them must be installed. */
  servers: readonly ServerName[];
  open: (seed: number, folder: string) => Promise<Ground>;
  /** New payments a second that the servers carry on a small machine, with the retries of those that failed. */
  perSecondMax: number;
  scenes: readonly ((run: Run) => Promise<LaneOutcome>)[];
}>;

export const STORES: Readonly<Record<StoreName, StoreUnderChaos>> = {
  postgres: {
    servers: ["postgres"],
    open: postgresGround,
    perSecondMax: 200,
    scenes: POSTGRES_SCENES.map((scene) => (run: Run) => playScene(scene, "postgres", run)),
  },
  // A swap is three rounds among three nodes, and all of them share two cores with everything else: 8 a second piled up until
  // no swap was done within sendWithin any more.
  cassandra: { servers: ["cassandra"], open: cassandraGround, perSecondMax: 4, scenes: [] },
  dynamodb: { servers: ["dynamodb"], open: dynamodbGround, perSecondMax: 200, scenes: [] },
  redis: { servers: ["redis", "postgres"], open: redisGround, perSecondMax: 200, scenes: [] },
};
