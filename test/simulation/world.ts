import { Authority } from "./authority.ts";
import { Bank } from "./bank.ts";
import { Chance } from "./chance.ts";
import { type Around, Cluster } from "./cluster.ts";
import { type Fault, Faults } from "./faults.ts";
import { Oracle } from "./oracle.ts";
import { drawPlan, type Plan } from "./plan.ts";
import { Timeline } from "./timeline.ts";

export type Note = Readonly<{ at: number; text: string }>;

export type WorldOptions = Readonly<{
  /** Writes down what happens, to be read by people. */
  traced?: boolean;
  /** Not what the seed would draw. */
  plan?: Plan;
  around?: Around;
  authority?: (timeline: Timeline, plan: Plan) => Authority;
}>;

/** One seed's world: everything in it, wired together. What happens in it is the timeline's. */
export class World {
  readonly seed: number;
  readonly plan: Plan;
  readonly chance: Chance;
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly authority: Authority;
  readonly oracle: Oracle;
  readonly bank: Bank;
  readonly cluster: Cluster;
  readonly notes: Note[] = [];
  /** What clients were told, by the flow's own words. */
  readonly words = new Map<string, number>();
  readonly #traced: boolean;

  constructor(seed: number, options: WorldOptions = {}) {
    this.seed = seed;
    this.#traced = options.traced ?? false;
    this.plan = options.plan ?? drawPlan(new Chance(seed, "plan"));
    this.chance = new Chance(seed, "world");
    this.timeline = new Timeline(new Chance(seed, "order"));
    this.faults = new Faults(this.plan.rates, this.isHealed);
    const { plan, timeline, faults } = this;
    this.authority = options.authority?.(timeline, plan) ?? new Authority(timeline, plan.docBytesMax);
    this.oracle = new Oracle(plan, timeline, this.authority);
    this.bank = new Bank(plan, timeline, new Chance(seed, "bank"), faults);
    this.cluster = new Cluster(this, options.around ?? {});
    this.#watch();
  }

  readonly isHealed = (): boolean => this.timeline.now >= this.plan.faultsUntil;

  strikes(fault: Fault): boolean {
    return this.faults.strikes(fault, this.chance);
  }

  note(text: string): void {
    if (this.#traced) this.notes.push({ at: Math.round(this.timeline.now), text });
  }

  failed(error: unknown): void {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.oracle.violations.push({ invariant: "error", at: Math.round(this.timeline.now), key: "", what });
  }

  #watch(): void {
    this.bank.onEffect = (effect) => {
      this.note(`effect for ${effect.intent} by ${effect.request}, key ${effect.upstreamKey}`);
      this.oracle.took(effect);
    };
    this.authority.onLanding = (landed) => {
      const { swap, result, by } = landed;
      const write = `${swap.key.slice(0, 6)} ${swap.next.fence.slice(0, 16)}`;
      this.note(`${by.name} writes ${write}: ${result.won ? "won" : "lost"}`);
      this.oracle.landed(landed);
    };
    this.authority.onDrop = (row) => {
      this.note(`row ${row.key.slice(0, 6)} dropped`);
      this.oracle.dropped(row);
    };
  }
}
