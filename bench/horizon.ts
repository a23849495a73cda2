/** One slot of row 9, in a process of its own, which claims and drops as a gateway does. Takes a `HorizonSlot`. */
import { Engine } from "@semel/core/engine";
import { instant, type Policy, type RecordStore } from "@semel/core/record";
import { systemClock, systemRandom } from "../packages/gateway/src/world.ts";
import { deadDoc, HORIZON_MS, VAULT } from "./horizon/dead.ts";
import { type HorizonSlot, STORES } from "./horizon/stores.ts";
import { nextPair } from "./store/rows.ts";
import { begin, CALLERS, startLoop } from "./store/slot.ts";

/** Far beyond the slot: what is claimed now is not due within it. */
const LATER_MS = 24 * 60 * 60_000;
const LOOK_MS = 50;

const { store: name, place, deadRows, drops, warmMs, slotMs, server } = JSON.parse(process.argv[2]!) as HorizonSlot;
const { store, close } = await STORES[name](place, deadRows, deadDoc());
let dropped = 0;

const loop = startLoop(claim, CALLERS);
await sleep(warmMs);
const engine = engineOn(counting(store));
const [slotOf, done, from] = [begin(server), loop.done(), performance.now()];
if (drops) engine.due.start();
// Without rows to drop, claims would be as fast as without the loop.
while (performance.now() - from < slotMs && dropped < deadRows) await sleep(LOOK_MS);
const slot = { ...slotOf(loop.done() - done), droppedPerSecond: (dropped * 1_000) / (performance.now() - from) };
await engine.due.stop();
await loop.stop();
await close();
process.send!(slot, () => process.exit(0));

async function claim(): Promise<void> {
  const { claim: row, completion } = nextPair();
  const dueAt = instant(Date.now() + LATER_MS);
  await store.swap({ key: row.key, expect: null, next: { ...row, dueAt }, publish: null });
  const swap = { key: row.key, expect: row.fence, next: { ...completion, dueAt }, publish: null };
  if (!(await store.swap(swap)).won) throw new Error("A completion lost");
}

/** The store, with a count of what it dropped: each drop is answered when it is durable. */
function counting(inner: RecordStore): RecordStore {
  const drop: RecordStore["drop"] = async (rows) => {
    await inner.drop(rows);
    dropped += rows.length;
  };
  return new Proxy(inner, {
    get: (target, property) => {
      if (property === "drop") return drop;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function engineOn(counted: RecordStore): Engine {
  const policy: Policy = {
    upstream: "bank",
    ladder: { repeat: null, ask: null },
    sendWithinMs: 2_000,
    deadlineMs: 30_000,
    leaseMarginMs: 5_000,
    skewMs: 5_000,
    undeclaredLagMs: 60_000,
    doubtAfterMs: null,
    retainMs: HORIZON_MS,
    horizonMs: HORIZON_MS,
    unknownHistory: "refuse",
    quarantine: null,
  };
  return new Engine({
    store: counted,
    vault: VAULT,
    clock: systemClock,
    random: systemRandom(),
    epoch: () => 1,
    publishes: false,
    notify: (notice) => {
      if (notice.notice !== "swap") throw new Error(`The due loop says ${JSON.stringify(notice)}`);
    },
    policyOf: () => policy,
    ask: async () => ({ kind: "unknown", note: "nobody is asked about a completed key" }),
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
