import { encode, watchHorizons } from "./encode.ts";
import { moves } from "./moves.ts";
import { SeenStates } from "./seen-states.ts";
import { keepBefore } from "./storage.ts";
import type { Kernel, Scenario, State } from "./world.ts";

export type Found = Readonly<{
  states: number;
  /** The shortest path to a broken promise, null: there is none. */
  counterexample: Readonly<{ violation: string; trace: readonly string[] }> | null;
  /** False where the search was stopped at `most` states. */
  complete: boolean;
  /** How often each kind of move was taken: a search in which nothing happens proves nothing. */
  taken: ReadonlyMap<string, number>;
}>;

/** Breadth first over every state that the scenario can reach, so that the first counterexample is a shortest one. */
export function search(scenario: Scenario, kernel: Kernel, most: number): Found {
  watchHorizons(scenario.roles.includes("due") || scenario.policies.some((policy) => policy.quarantine !== null));
  keepBefore(scenario.lossAt !== null);
  const seen = new SeenStates();
  const parents: number[] = [-1];
  const labels: string[] = ["start"];
  const taken = new Map<string, number>();
  let frontier: [State, number][] = [[initial(scenario), 0]];
  seen.add(encode(frontier[0]![0]));
  while (frontier.length > 0) {
    const next: [State, number][] = [];
    for (const [state, id] of frontier) {
      for (const move of moves(state, scenario, kernel)) {
        taken.set(move.label, (taken.get(move.label) ?? 0) + 1);
        if (move.violation === null && !seen.add(encode(move.state))) continue;
        parents.push(id);
        labels.push(move.label);
        const at = parents.length - 1;
        if (move.violation !== null) {
          const trace = pathTo(at, parents, labels);
          return { states: seen.size, counterexample: { violation: move.violation, trace }, complete: true, taken };
        }
        next.push([move.state, at]);
      }
      if (seen.size > most) return { states: seen.size, counterexample: null, complete: false, taken };
    }
    frontier = next;
  }
  return { states: seen.size, counterexample: null, complete: true, taken };
}

function pathTo(at: number, parents: readonly number[], labels: readonly string[]): string[] {
  const trace: string[] = [];
  for (let id = at; id > 0; id = parents[id]!) trace.unshift(labels[id]!);
  return trace;
}

function initial(scenario: Scenario): State {
  const processes = scenario.roles.map((role, index) => ({
    role,
    offset: scenario.offsets[index] ?? 0,
    status: "waiting" as const,
    run: null,
    minted: 0,
    policy: 0,
    question: null,
    heardSuccess: false,
    startBy: null,
  }));
  return {
    now: 0,
    policy: 0,
    row: null,
    before: null,
    processes,
    writes: [],
    flights: [],
    memory: [],
    effects: 0,
    ours: 0,
    forgotten: false,
    told: null,
    budget: scenario.budget,
  };
}
