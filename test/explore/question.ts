import type { Said } from "../../packages/core/src/record/command.ts";
import type { Instant } from "../../packages/core/src/record/instant.ts";
import { BYTES } from "./landing.ts";
import type { Add } from "./moves.ts";
import { nameOf, withProcess } from "./moves.ts";
import type { Kernel, Process, State } from "./world.ts";

/** The question is put: the upstream looks now, the answer may be heard any time later. */
export function asks(state: State, process: Process, index: number, add: Add): void {
  const question = { askedAt: (state.now + process.offset) as Instant, yes: state.effects > 0 };
  const said = question.yes ? "yes" : "no";
  add(
    `${nameOf(process, index)}: asks, the upstream says ${said}`,
    withProcess(state, index, { status: "asked", question }),
  );
}

type On = (from: State, event: Parameters<Kernel["advance"]>[1], label: string) => void;

export function hear(state: State, process: Process, index: number, on: On): void {
  const { askedAt, yes } = process.question!;
  const said: Said = yes
    ? { kind: "yes", outcome: { sense: "success", status: 201, source: "asked", digest: "asked" }, answer: BYTES }
    : { kind: "no" };
  const heard = withProcess(state, index, { status: "working", question: null });
  on(heard, { event: "asked", askedAt, said }, `${nameOf(process, index)}: hears ${said.kind}`);
}
