import { Engine } from "@semel/core/engine";
import { memoryStore } from "@semel/core/store/memory";
import { systemClock, systemRandom } from "../../packages/gateway/src/world.ts";
import { FaultyStore } from "./faulty-store.ts";
import { Bank, keyOf, POLICY, requestOf, VAULT } from "./world.ts";

/** A process of its own, with real clocks and a store that hangs: it sends one payment, leaves, and should end by itself. */
const store = new FaultyStore(memoryStore());
store.next.push("none");
store.otherwise = "silent";
store.reads = "hang";
const engine = new Engine({
  store,
  vault: VAULT,
  clock: systemClock,
  random: systemRandom(),
  epoch: () => 1,
  publishes: false,
  notify: () => {},
  policyOf: () => POLICY,
  ask: async () => ({ kind: "unknown", note: "nobody knows" }),
});
engine.due.start();
const slot = { take: () => true, release: () => {} };
const call = { key: keyOf("k1"), request: requestOf("k1", "a payment"), send: new Bank().pay };
void engine.handle({ ...call, slot, waitMs: 0, waitersPerKey: 32 });
// A server would hold the process up until it has left.
const server = setInterval(() => {}, 1_000);
const left = await engine.leave(200);
clearInterval(server);
console.log(`left: ${left}`);
