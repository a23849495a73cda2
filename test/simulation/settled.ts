import { type Fence, fenceClock, type KeyRecord, openAnswer } from "@semel/core/record";
import { EPOCH_MS } from "./machine.ts";
import type { Oracle } from "./oracle.ts";
import { ROTATION } from "./secrets.ts";
import { recordOf, type Story } from "./story.ts";

/** Once nothing has gone wrong for long: every key is settled, or reported in doubt. */
export function judgeSettled(oracle: Oracle): void {
  for (const story of oracle.stories.values()) {
    oracle.ordered(story);
    const row = oracle.rowOf(story);
    if (row === null) continue;
    const record = recordOf(row);
    if (record === null) oracle.break("I8", story, "its row cannot be read");
    else judge(record, story, oracle);
  }
}

function judge(record: KeyRecord, story: Story, oracle: Oracle): void {
  for (const what of unsettled(record, oracle)) oracle.break("I8", story, what);
  for (const what of story.lost ? [] : leftBehind(record, story, oracle)) oracle.break("I8", story, what);
  for (const what of unequal(record, story)) oracle.break("I11", story, what);
  const { answer } = record;
  const isOpened = answer === null || openAnswer(answer, story.run, ROTATION.at(-1)!) !== null;
  if (record.state.kind === "completed" && !isOpened) oracle.break("I3", story, "its answer cannot be opened");
}

function* unsettled(record: KeyRecord, oracle: Oracle): Generator<string> {
  const { state, open } = record;
  if (state.kind === "running") yield "still claimed";
  if (state.kind === "idle" && open.length > 0) yield `neither settled nor in doubt, ${open.length} open`;
  if (state.kind === "inDoubt" && oracle.asks(record)) yield "in doubt although its upstream can be asked";
}

/** A process that lives on leaves no claim behind that it never used, and throws no answer away. */
function* leftBehind({ state, open }: KeyRecord, story: Story, oracle: Oracle): Generator<string> {
  if (state.kind === "completed") return;
  for (const { id } of open) {
    const owner = oracle.ownerOf(id);
    if (isLateCopy(id, story)) {
      oracle.lateCopies += 1;
      continue;
    }
    if (owner?.alive && !story.senders.has(owner)) yield `an attempt of ${owner.name} is open, which sent nothing`;
  }
  const knows = [...story.heard].find(({ alive }) => alive);
  if (knows !== undefined) yield `${state.kind}, although ${knows.name} has heard of its success`;
}

/** Decided before its key's row was dropped, and in the row that came after. */
function isLateCopy(attempt: Fence, { droppedAt }: Story): boolean {
  return droppedAt >= 0 && fenceClock(attempt) <= EPOCH_MS + droppedAt;
}

/** The ledger and the store say the same, but for what is in doubt. */
function* unequal({ state, open }: KeyRecord, { effects, effectsEver, lost }: Story): Generator<string> {
  if (state.kind === "completed" && state.outcome.sense === "success" && effectsEver === 0) {
    yield "completed without an effect";
  }
  if (state.kind === "completed" && state.outcome.sense === "failure" && effects.length > 0) {
    yield "an effect, and completed as failed";
  }
  // What a restored row does not know, a quarantine adds: whoever claims the key finds it suspect.
  if (state.kind === "idle" && open.length === 0 && effects.length > 0 && !lost) yield "an effect, and nothing open";
}
