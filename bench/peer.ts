/** A service of rows 6 and 7 as somebody else builds it, in front of the same upstream: peer.ts NAME UPSTREAM_PORT URL. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expressIdempotency } from "./peers/express-idempotency.ts";
import { naivePostgres } from "./peers/naive-postgres.ts";
import { nodeIdempotency } from "./peers/node-idempotency.ts";
import { powertools } from "./peers/powertools.ts";
import { upstreamAt } from "./peers/upstream.ts";

const PEERS = {
  "naive postgres": naivePostgres,
  "node-idempotency": nodeIdempotency,
  powertools,
  "express-idempotency": expressIdempotency,
} as const;

const [name, upstreamPort, url] = process.argv.slice(2) as [keyof typeof PEERS, string, string];
const server = createServer(await PEERS[name](upstreamAt(upstreamPort), url));
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));
