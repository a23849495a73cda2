import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  type Fence,
  type Instant,
  NEVER,
  type OutboxEntry,
  type RecordKey,
  type Row,
  StoreError,
} from "@semel/core/record";
import { type DynamodbStore, dynamodbStore } from "@semel/core/store/dynamodb";
import { dropItem, forgetInput, swapInput } from "../../packages/core/src/store/dynamodb/write.ts";
import { urlOf } from "../../tools/services/running.ts";
import { clientAt, type DynamodbPlace, freshTable, removeTable } from "../contract/dynamodb-fixture.ts";

const endpoint = await urlOf("dynamodb");
const skip = endpoint === null ? "DynamoDB Local does not run: npm run services -- up dynamodb" : false;
/** What a gateway wrote for a payment with an answer of 594 bytes: the claim, the completion, what remains of it. */
const [CLAIM, COMPLETED, REMAINS] = [793, 1_592, 964] as const;
const CALLERS = 64;
/** In the first seconds it is the compiler that is measured. */
const [WARM_UP_MS, SPEED_MS] = [3_000, 3_000] as const;

let place: DynamodbPlace;
let client: DynamoDBClient;

before(async () => {
  if (endpoint === null) return;
  place = await freshTable(endpoint);
  client = clientAt(place);
});

after(async () => {
  if (endpoint === null) return;
  client.destroy();
  await removeTable(place);
});

function rowOf(key: RecordKey, bytes: number, dueAt: number): Row {
  const fence = randomBytes(16).toString("hex") as Fence;
  return { key, fence, dueAt: dueAt as Instant, doc: randomBytes(bytes) };
}

const freshKey = (): RecordKey => randomBytes(32).toString("base64url") as RecordKey;

/** Write units of a whole life, one number for each step: table and indexes together. */
async function lifeCost(publishes: boolean): Promise<Record<string, number>> {
  const units: Record<string, number> = {};
  const spend = async (step: string, command: UpdateItemCommand | DeleteItemCommand): Promise<void> => {
    command.input.ReturnConsumedCapacity = "TOTAL";
    const { ConsumedCapacity } = await client.send(command as UpdateItemCommand);
    units[step] = ConsumedCapacity?.CapacityUnits ?? 0;
  };
  const key = freshKey();
  const [claim, completed, remains] = [rowOf(key, CLAIM, 1), rowOf(key, COMPLETED, 2), rowOf(key, REMAINS, 3)];
  const entry: OutboxEntry = { ...completed, epoch: 1, kind: "completed" };
  const { table } = place;
  const swap = (expect: Row | null, next: Row, publish: OutboxEntry | null) =>
    new UpdateItemCommand(swapInput(table, { key, expect: expect?.fence ?? null, next, publish }));
  await spend("claim", swap(null, claim, null));
  await spend("completion", swap(claim, completed, publishes ? entry : null));
  if (publishes) {
    const seen = { key, last: entry.fence, hasRow: true, entries: [entry] };
    await spend("relay", new UpdateItemCommand(forgetInput(table, seen, new Set([entry.fence])) as never));
  }
  await spend("end of retention", swap(completed, remains, null));
  await spend("horizon", new DeleteItemCommand(dropItem(table, remains)));
  return units;
}

test("a payment costs the write units that the page says", { skip }, async () => {
  const [plain, published] = [await lifeCost(false), await lifeCost(true)];
  assert.deepEqual(plain, { claim: 2, completion: 4, "end of retention": 4, horizon: 3 });
  assert.deepEqual(published, { claim: 2, completion: 7, relay: 5, "end of retention": 4, horizon: 3 });
  const page = readFileSync(new URL("../../docs/stores/dynamodb.md", import.meta.url), "utf8");
  const units: Readonly<Record<string, number>> = plain;
  for (const [step, most] of Object.entries(published)) {
    assert.match(page, new RegExp(`^\\| ${step} \\|.*\\| ${units[step] ?? "-"} \\| ${most} \\|$`, "m"), step);
  }
});

test("how fast claims and completions go here", { skip }, async (context) => {
  const store = await dynamodbStore(place);
  await swapFor(store, WARM_UP_MS);
  const begun = { cpu: process.cpuUsage(), at: performance.now() };
  const swaps = await swapFor(store, SPEED_MS);
  const ms = performance.now() - begun.at;
  const { user, system } = process.cpuUsage(begun.cpu);
  await store.close();
  assert.ok(swaps > 0);
  const [perSecond, cpuUs] = [Math.round((swaps * 1_000) / ms), Math.round((user + system) / swaps)];
  context.diagnostic(`${perSecond} swaps/s with ${CALLERS} callers, ${cpuUs} µs of our CPU each`);
});

/** Claims and completes new keys for so long, and says how many swaps that were. */
async function swapFor(store: DynamodbStore, ms: number): Promise<number> {
  const until = performance.now() + ms;
  let swaps = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < until) {
      const key = freshKey();
      const [claim, completed] = [rowOf(key, CLAIM, NEVER - 1), rowOf(key, COMPLETED, NEVER - 1)];
      await untilKnown(() => store.swap({ key, expect: null, next: claim, publish: null }));
      await untilKnown(() => store.swap({ key, expect: claim.fence, next: completed, publish: null }));
      swaps += 2;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, call));
  return swaps;
}

/** On a busy machine an answer is too late now and then. The same swap is made again, as the engine does. */
async function untilKnown(swap: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await swap();
      return;
    } catch (error) {
      if (!(error instanceof StoreError && error.retryable)) throw error;
    }
  }
}
