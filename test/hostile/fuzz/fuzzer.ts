import { chance, mutate } from "./mutate.ts";

/** A parser, what it is fed, and what must hold of it. */
export type Target = Readonly<{
  name: string;
  seeds: readonly Uint8Array[];
  /** What the parser knows: a mutation that speaks its language gets further. */
  words: readonly string[];
  /** `hold` throws where the property does not hold. */
  open: () => Promise<Opened>;
  /** What is known to be wrong with it, by what its finding says. */
  flaws?: readonly Flaw[];
}>;
export type Opened = Readonly<{ hold: (bytes: Uint8Array) => void | Promise<void>; close: () => Promise<void> }>;
export type Flaw = Readonly<{ says: RegExp; why: string }>;

/** `input` in base64, made as small as it still fails. */
export type Finding = Readonly<{ message: string; input: string }>;
export type Fuzzed = Readonly<{
  name: string;
  cases: number;
  seconds: number;
  findings: readonly Finding[];
  flawsSeen: readonly string[];
}>;

/** Whichever is reached first. */
export type Budget = Readonly<{ cases: number; seconds: number }>;

/** Different findings of one parser: more would be the same one in other words. */
const FINDINGS_MAX = 10;
const SHRINK_TRIES = 400;

export function parser(hold: (bytes: Uint8Array) => void): Target["open"] {
  return async () => ({ hold, close: async () => {} });
}

export async function fuzz(target: Target, seed: number, budget: Budget): Promise<Fuzzed> {
  const dice = chance(seed);
  const { hold, close } = await target.open();
  const findings = new Map<string, Finding>();
  const flawsSeen = new Set<string>();
  const startedMs = performance.now();
  const untilMs = startedMs + budget.seconds * 1_000;
  let cases = 0;
  try {
    for (; cases < budget.cases && performance.now() < untilMs && findings.size < FINDINGS_MAX; cases += 1) {
      const { seeds, words } = target;
      // The seeds themselves first: what is right must be taken.
      const input = seeds[cases] ?? mutate(seeds[Math.floor(dice() * seeds.length)]!, seeds, words, dice);
      const message = await failure(hold, input);
      if (message === null) continue;
      const flaw = target.flaws?.find(({ says }) => says.test(message));
      if (flaw !== undefined) flawsSeen.add(flaw.why);
      else if (!findings.has(kindOf(message))) findings.set(kindOf(message), await shrunk(hold, input, message));
    }
  } finally {
    await close();
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  return { name: target.name, cases, seconds, findings: [...findings.values()], flawsSeen: [...flawsSeen] };
}

async function failure(hold: Opened["hold"], input: Uint8Array): Promise<string | null> {
  try {
    await hold(input);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Two findings of one kind differ in numbers and quoted texts only. */
function kindOf(message: string): string {
  return message.replaceAll(/[0-9]+|"[^"]*"/g, "_").slice(0, 80);
}

async function shrunk(hold: Opened["hold"], input: Uint8Array, message: string): Promise<Finding> {
  let [smallest, told] = [input, message];
  let run = Math.ceil(input.length / 2);
  let tries = 0;
  while (run >= 1 && tries < SHRINK_TRIES) {
    let shorter = false;
    for (let at = 0; at < smallest.length && tries < SHRINK_TRIES; at += run) {
      const cut = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + run)]);
      const still = await failure(hold, cut);
      tries += 1;
      if (still === null || kindOf(still) !== kindOf(message)) continue;
      [smallest, told, shorter] = [cut, still, true];
    }
    if (!shorter) run = run === 1 ? 0 : Math.ceil(run / 2);
  }
  return { message: told, input: Buffer.from(smallest).toString("base64") };
}
