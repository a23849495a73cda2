import { type ClientParts, client, HABITS, type Intent, ONCE, PATIENT, type Spelling } from "./client.ts";
import type { World } from "./world.ts";

/** What a run's clients share. */
export function clientsOf(world: World): ClientParts {
  let requests = 0;
  return {
    timeline: world.timeline,
    chance: world.chance,
    delayMs: world.plan.delays.client,
    reach: () => world.cluster.reach(),
    strikes: (fault) => world.strikes(fault),
    nextId: () => {
      requests += 1;
      return `r${requests}`;
    },
    told: (told) => {
      const { sent, word, status, run } = told;
      world.words.set(word, (world.words.get(word) ?? 0) + 1);
      world.note(`${run.process.name} tells ${sent.id} (${sent.intent.account}/${sent.intent.key}): ${status} ${word}`);
      world.oracle.told(told);
    },
  };
}

/** Everybody who wants something paid, each at a time of their own. */
export function sendClients(world: World, parts: ClientParts): void {
  const { plan, chance, timeline, faults } = world;
  const keys = Array.from({ length: plan.keys }, (_, at) => ({
    key: `k${at + 1}`,
    from: chance.fraction() * plan.faultsUntil * 0.7,
  }));
  for (let at = 0; at < plan.clients; at += 1) {
    const { key, from } = keys[at % keys.length]!;
    const isFirst = at < keys.length;
    const late = chance.happens(plan.rates.lateRetry);
    const intent = intentOn(key, world);
    timeline.after(from + delayMs(late, isFirst, world), "client begins", () => {
      if (late) faults.hit("lateRetry");
      client(intent, isFirst && plan.edgy ? ONCE : chance.pick(HABITS), parts);
    });
  }
}

/** Clients of a key come together, or as a limit passes, or long after. */
function delayMs(late: boolean, isFirst: boolean, { plan, chance }: World): number {
  if (late) return chance.fraction() * plan.faultsUntil;
  if (!plan.edgy) return chance.skewed(0, TOGETHER_MS);
  if (isFirst) return 0;
  const { ladder, sendWithinMs, deadlineMs, skewMs, undeclaredLagMs } = plan.policies[0];
  const overMs = sendWithinMs + deadlineMs + (ladder.ask?.settleAfterMs ?? undeclaredLagMs) + skewMs;
  const limitMs = ladder.repeat !== null && chance.happens(0.7) ? ladder.repeat.windowMs : overMs;
  // Some come when a limit has just passed, and some when another policy says that it has not.
  return chance.happens(0.3) ? limitMs * (1 + chance.fraction()) : Math.max(0, limitMs - chance.fraction() * overMs);
}

const TOGETHER_MS = 10_000;

function intentOn(key: string, world: World): Intent {
  const account = world.strikes("otherAccount") ? "b" : "a";
  const body = world.strikes("otherBody") ? `other ${key}` : `pay ${key}`;
  world.oracle.storyOf({ account, key });
  return { account, key, body, spelling: spellingOf(key, world) };
}

function spellingOf(key: string, { plan }: World): Spelling {
  if (plan.rates.historyLoss === 0) return "either";
  return key.endsWith("1") ? "quoted" : "bare";
}

/** Once nothing goes wrong any more, for half of the keys somebody comes who wants to know. The others settle by themselves. */
export function askAgain(world: World, parts: ClientParts): void {
  const { chance, timeline, oracle } = world;
  for (const { name } of oracle.stories.values()) {
    if (chance.happens(0.5)) continue;
    const [account = "", key = ""] = name.split("/");
    const intent: Intent = { account, key, body: `pay ${key}`, spelling: spellingOf(key, world) };
    timeline.after(chance.between(0, ASK_WITHIN_MS), "somebody asks", () => client(intent, PATIENT, parts));
  }
}

const ASK_WITHIN_MS = 3_000;
