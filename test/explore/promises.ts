import {
  ACCEPTED,
  ASK,
  ASKS,
  BOTH,
  LOSS,
  NEITHER,
  NONE,
  policy,
  REPEAT,
  REPEATS,
  scenario,
  THREE,
} from "./scenarios.ts";
import type { Scenario } from "./world.ts";

const FEW = ["ok", "lost", "refused"] as const;

/** Small worlds that take a second each: what runs with every test. */
export const QUICK: readonly Scenario[] = [
  scenario({ name: "no rung, a crash", policies: [NONE], budget: { crash: 1 }, until: 5 }),
  scenario({ name: "no rung, a lost acknowledgement", policies: [NONE], budget: { lostAck: 1, unsent: 1 }, until: 4 }),
  scenario({ name: "repeat", policies: [REPEATS], budget: { unsent: 1 }, until: 6 }),
  scenario({ name: "ask", policies: [ASKS], budget: {}, until: 6 }),
  scenario({ name: "repeat, then ask", policies: [policy(BOTH(7), 0)], budget: {}, until: 7 }),
  LOSS("no rung, history lost", NEITHER),
];

/** Requests in shadow mode, then enforced ones with the same key: never an effect of theirs besides one that was there. */
const SHADOWED: readonly Scenario[] = [
  scenario({
    name: "no rung, enforced after shadow mode",
    roles: ["shadow", "request"],
    policies: [NONE],
    budget: { crash: 1, lateWrite: 1 },
    until: 5,
  }),
  scenario({
    name: "no rung, enforced after duplicates in shadow mode",
    roles: ["shadow", "shadow", "request"],
    policies: [NONE],
    budget: {},
    until: 4,
    landings: ["lost", "busy"],
  }),
  scenario({
    name: "ask, enforced after shadow mode",
    roles: ["shadow", "request"],
    policies: [ASKS],
    budget: { lateWrite: 1 },
    until: 6,
    landings: ["ok", "lost"],
  }),
  scenario({
    name: "repeat, enforced after shadow mode",
    roles: ["shadow", "request"],
    policies: [REPEATS],
    budget: { lostAck: 1 },
    until: 7,
    landings: ["ok", "lost"],
  }),
];

/** Every order of events in these worlds is taken. Each is as large as a minute allows; together they are the proof. */
export const WHOLE: readonly Scenario[] = [
  ...QUICK,
  scenario({
    name: "no rung, two faults of the store",
    policies: [NONE],
    budget: { lostAck: 1, lateWrite: 1, unsent: 1 },
    until: 4,
  }),
  scenario({ name: "no rung, late write and crash", policies: [NONE], budget: { crash: 1, lateWrite: 1 }, until: 5 }),
  scenario({ name: "no rung, store unavailable", policies: [NONE], budget: { unavailable: 1, lostAck: 1 }, until: 4 }),
  scenario({ name: "repeat, late write and crash", policies: [REPEATS], budget: { crash: 1, lateWrite: 1 }, until: 6 }),
  scenario({ name: "repeat, three requests", policies: [REPEATS], roles: THREE, budget: {}, until: 6 }),
  scenario({
    name: "repeat, clocks apart",
    policies: [policy(REPEAT(9), 1)],
    offsets: [1, 0],
    budget: { crash: 1 },
    until: 9,
    landings: FEW,
  }),
  scenario({
    name: "repeat, the policy changes",
    policies: [REPEATS, policy(REPEAT(9), 0)],
    budget: { policyChange: 1 },
    until: 7,
    landings: FEW,
  }),
  scenario({ name: "ask, late write", policies: [ASKS], budget: { lateWrite: 1 }, until: 6, landings: FEW }),
  scenario({ name: "ask, a crash", policies: [ASKS], budget: { crash: 1, unsent: 1 }, until: 6, landings: FEW }),
  scenario({
    name: "ask, with the due loop",
    policies: [ASKS],
    roles: ["request", "request", "due"],
    budget: {},
    until: 5,
    landings: FEW,
  }),
  scenario({
    name: "no rung, with an operator",
    policies: [NONE],
    roles: ["request", "operator", "request"],
    budget: {},
    until: 7,
    landings: FEW,
  }),
  ...([REPEATS, ASKS] as const).map((policy) =>
    scenario({
      name: `${policy === ASKS ? "ask" : "repeat"}, with an operator`,
      policies: [policy],
      roles: ["request", "operator", "request"],
      budget: {},
      until: 6,
      landings: ["ok", "lost"],
    }),
  ),
  ...SHADOWED,
  LOSS("repeat, history lost", REPEAT(7), { landings: ["ok", "lost"] }),
  LOSS("ask, history lost", ASK, { landings: ["ok", "lost"] }),
  ACCEPTED("no rung, history lost and accepted", NEITHER, FEW),
  ACCEPTED("repeat, history lost and accepted", REPEAT(7), ["ok", "lost"]),
];
