import type { RecordStore } from "@semel/core/record";
import { Authority } from "./authority.ts";
import { Chance } from "./chance.ts";
import { Connection } from "./connection.ts";
import { Faults } from "./faults.ts";
import { Machine, Process } from "./machine.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { settleSoon } from "./settle.ts";
import { Timeline } from "./timeline.ts";

/** A connection whose time is driven by the real event loop. It has no outbox and no pages: nothing here reads them. */
export function simulatedStore(): Readonly<{ store: RecordStore; stop: () => void }> {
  const timeline = new Timeline(new Chance(1, "order"));
  const plan: Plan = { ...drawPlan(new Chance(1, "plan")), docBytesMax: 2 * 1024 * 1024 };
  const process = new Process("p1", new Machine("m1", timeline), timeline);
  const authority = new Authority(timeline, plan.docBytesMax);
  const common = {
    process,
    plan,
    timeline,
    chance: new Chance(1, "store"),
    faults: new Faults(plan.rates, () => true),
    isNewer: false,
  };
  const store = new Connection({ ...common, authority });
  let stopped = false;
  const drive = async (): Promise<void> => {
    while (!stopped) await timeline.runSlowly(timeline.now + 1_000, settleSoon);
  };
  void drive();
  return {
    store,
    stop: () => {
      stopped = true;
    },
  };
}
