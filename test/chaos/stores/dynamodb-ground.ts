import { setTimeout as sleep } from "node:timers/promises";
import { startDynamodb } from "../../../tools/services/servers/dynamodb.ts";
import { GATEWAYS, type Ground, TAKEOVER_MS } from "./ground.ts";
import { ServerFolder } from "./server-folder.ts";
import { StoreWires } from "./wires.ts";

/** DynamoDB Local asks for some, and looks at none of them. */
const ACCESS = { AWS_ACCESS_KEY_ID: "semel", AWS_SECRET_ACCESS_KEY: "semel" };
/** Each connection has lost its first answers by then, and its client has waited for those that do not come. */
const WIRES_MS = 8_000;

/** DynamoDB Local keeps its tables in memory: it is stopped, and never killed. */
export async function dynamodbGround(seed: number, folder: string): Promise<Ground> {
  await using begun = new AsyncDisposableStack();
  const place = begun.use(await ServerFolder.make("dynamodb", folder));
  const server = await startDynamodb({ folder: place.path });
  begun.defer(() => server.stop());
  const wires = begun.use(await StoreWires.start(Number(new URL(server.url).port), seed));
  const owned = begun.move();
  const node = server.nodes[0]!;
  return {
    lines: (gateway) => {
      const endpoint = encodeURIComponent(`http://127.0.0.1:${wires.proxies[gateway]!.port}`);
      return `store: "dynamodb://semel?region=eu-central-1&endpoint=${endpoint}"`;
    },
    environment: ACCESS,
    wires: wires.proxies,
    faults: {
      brokenWires: async ({ random }) => {
        wires.plan(Math.floor(GATEWAYS * random()));
        await sleep(WIRES_MS);
      },
      serverPause: async ({ random }) => {
        node.pause();
        await sleep(TAKEOVER_MS + 500 + 1_000 * random());
        node.resume();
      },
    },
    // Two stops of 13 s and one of 8 s, with what every fault has before it and after it.
    firstRoundMs: 60_000,
    begin: () => wires.begin(),
    calm: async () => wires.calm(),
    notes: () => ["NOT RUN: a kill: DynamoDB Local forgets everything with it"],
    complaints: () => [],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
