import type { Words } from "../../packages/core/src/record/command.ts";
import type { Answer, Outcome, Part } from "../../packages/core/src/record/record.ts";
import type { Add } from "./moves.ts";
import { nameOf } from "./moves.ts";
import { step } from "./step.ts";
import type { Flight, Kernel, Landing, Scenario, State } from "./world.ts";

const WORDS: { [landing in Exclude<Landing, "lost">]: Words } = {
  ok: { notSuspect: "final", suspect: "final" },
  broken: { notSuspect: "ambiguous", suspect: "ambiguous" },
  refused: { notSuspect: "final", suspect: "ambiguous" },
  busy: { notSuspect: "noEffect", suspect: "ambiguous" },
};
/** The bytes themselves do not matter here: the outcome's digest tells answers apart. */
export const BYTES: Part<Answer> = { clear: { status: 201, headers: [], body: new Uint8Array() } };
const STATUS: { [landing in Landing]: number } = { ok: 201, lost: 201, broken: 502, refused: 404, busy: 429 };

/** A request reaches the upstream, while its socket lives or up to the upstream's lag after. It may also never do so. */
export function land(state: State, flight: Flight, scenario: Scenario, kernel: Kernel, add: Add): void {
  if (state.now > flight.sentAt + scenario.policies[0]!.deadlineMs + scenario.upstreamLag) return;
  const process = state.processes[flight.by]!;
  const listens = process.status === "sent";
  const name = nameOf(process, flight.by);
  for (const landing of scenario.landings) {
    if (landing !== "lost" && !listens) continue;
    const reached = arrive(state, flight, landing, scenario);
    const violation = isTwice(reached, scenario) ? "the payment took effect twice" : null;
    const label = `${name}'s request lands: ${landing}${reached.effects > state.effects ? ", TAKES EFFECT" : ""}`;
    if (landing === "lost") add(label, reached, violation);
    else {
      const answered = {
        event: "answered",
        words: WORDS[landing],
        outcome: outcome(landing, flight),
        answer: BYTES,
      } as const;
      const heard = landing === "ok" ? hears(reached, flight.by) : reached;
      step(heard, flight.by, answered, scenario, kernel, label, violation, add);
    }
  }
}

/** The upstream executes, or recognises the key that it still remembers. */
function arrive(state: State, flight: Flight, landing: Landing, scenario: Scenario): State {
  const flights = state.flights.filter((other) => other !== flight);
  if (landing === "refused" || landing === "busy") return { ...state, flights };
  const known = state.memory.some(({ key, until }) => key === flight.upstreamKey && state.now < until);
  if (known) return { ...state, flights };
  const windowMs = scenario.policies[state.policy]!.ladder.repeat?.windowMs ?? 0;
  const others = state.memory.filter(({ key }) => key !== flight.upstreamKey);
  const memory = [...others, { key: flight.upstreamKey, until: state.now + windowMs }];
  return { ...state, flights, memory, effects: state.effects + 1, ours: state.ours + (flight.ours ? 1 : 0) };
}

/** An effect of ours besides any other, but those under claims that an operator has accepted to lose. */
function isTwice({ effects, ours }: State, scenario: Scenario): boolean {
  return ours > 1 || (ours === 1 && effects > 1 && !acceptsLoss(scenario));
}

export function acceptsLoss({ lossAt, policies }: Scenario): boolean {
  return lossAt !== null && policies.at(-1)!.unknownHistory === "accept";
}

/** Every call answers with bytes of its own, as real providers do: only freezing makes retries equal. */
function outcome(landing: Landing, flight: Flight): Outcome {
  const sense = landing === "ok" ? "success" : "failure";
  return {
    sense,
    status: STATUS[landing],
    source: "upstream",
    digest: `${landing} to ${flight.attempt.slice(12, 14)}`,
  };
}

function hears(state: State, index: number): State {
  const processes = state.processes.map((process, at) => (at === index ? { ...process, heardSuccess: true } : process));
  return { ...state, processes };
}
