import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, Wire } from "../gateway/wire.ts";
import { type Attack, numberOf } from "./attacks.ts";
import type { StrictRequest } from "./strict-request.ts";
import type { Echo, StrictUpstream } from "./strict-upstream.ts";

/** What came back for an attack, interim answers left out. */
export type Struck = Readonly<{ number: number; attack: Attack; answers: readonly Answer[] }>;

/** Attacks at a time: as many connections as a busy client pool has. */
const BATCH = 128;
/**
 * In so many turns of the event loop nothing has come on any connection of a batch: nothing will, for what is incomplete waits for
 * a timeout. Turns and not time, because a machine that stands still for a moment has not been listening.
 */
const QUIET_TURNS = 40;
const TURN_MS = 5;

/** Puts each attack into a connection of its own, and listens until all is quiet. */
export async function strikeAll(url: string, attacks: readonly Attack[]): Promise<Struck[]> {
  const struck: Struck[] = [];
  for (let from = 0; from < attacks.length; from += BATCH) {
    struck.push(...(await strike(url, attacks.slice(from, from + BATCH), from)));
  }
  return struck;
}

async function strike(url: string, batch: readonly Attack[], from: number): Promise<Struck[]> {
  let quiet = 0;
  let open = batch.length;
  const started = batch.map((attack, at) => {
    const wire = new Wire(url);
    const answers: Answer[] = [];
    const listen = async (): Promise<void> => {
      for (;;) {
        const answer = await wire.read(attack.bytes.startsWith("HEAD"));
        if (answer === null) break;
        quiet = 0;
        if (answer.status >= 200) answers.push(answer);
      }
      open -= 1;
    };
    wire.write(attack.bytes);
    void listen();
    return { wire, struck: { number: from + at, attack, answers } };
  });
  for (; open > 0 && quiet < QUIET_TURNS; quiet += 1) await sleep(TURN_MS);
  for (const { wire } of started) wire[Symbol.dispose]();
  return started.map(({ struck }) => struck);
}

/** Everything in which a gateway was deceived; empty: in nothing. */
export function deceptions(struck: readonly Struck[], upstream: StrictUpstream): string[] {
  const wrong = upstream.faults.map((fault) => `the upstream was sent what is no request: ${fault}`);
  for (const [key, count] of upstream.effects) if (count > 1) wrong.push(`${key} took effect ${count} times`);
  const seen = seenOf(upstream);
  for (const { target } of seen.get(null) ?? []) wrong.push(`a request of nobody: ${target}`);
  for (const { number, attack, answers } of struck) {
    const requests = seen.get(number) ?? [];
    const say = (what: string): void => void wrong.push(`${attack.what}: ${what}`);
    if (requests.length > attack.requests) say(`${requests.length} requests were made of ${attack.requests}`);
    const hidden = requests.some(({ target, key }) => `${target}${key}`.includes("hidden"));
    if (hidden && attack.requests < 2) say("what was hidden in it became a request");
    for (const answer of sentOf(answers)) {
      if (answer.body.length > 0 && numberOf(echoOf(answer).target) !== number) say("it was given another's answer");
    }
  }
  return wrong;
}

/** Attacks of which more was carried out than their clients were told. */
export function untold(struck: readonly Struck[], upstream: StrictUpstream): string[] {
  const seen = seenOf(upstream);
  const less = struck.filter(({ number, answers }) => (seen.get(number)?.length ?? 0) > sentOf(answers).length);
  return less.map(({ attack }) => attack.what);
}

/** By the number of the attack; null: of none. */
function seenOf({ received }: StrictUpstream): ReadonlyMap<number | null, readonly StrictRequest[]> {
  return Map.groupBy(received, ({ target, key }) => numberOf(target) ?? numberOf(key ?? ""));
}

export function sentOf(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ status }) => status === 201);
}

function echoOf({ body }: Answer): Echo {
  return JSON.parse(body.toString()) as Echo;
}
