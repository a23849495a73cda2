import type { Command } from "../../packages/core/src/record/command.ts";
import type { Verdict } from "../../packages/core/src/record/decision.ts";
import type { KeyRecord } from "../../packages/core/src/record/record.ts";
import type { Process, Run, Seen, State, Write } from "./world.ts";

const records = new WeakMap<KeyRecord, string>();

/** Set by the search: without a due loop and a horizon, nothing is decided by when a record changed last. */
let watchesHorizons = true;

export function watchHorizons(watch: boolean): void {
  watchesHorizons = watch;
}

/** A state as text: equal texts behave equally. History and the onset of doubt are left out, for nothing is decided by them. */
export function encode(state: State): string {
  const row = state.row === null ? "-" : `${seen(state.row)}@${watchesHorizons ? state.row.dueAt : ""}`;
  const memory = state.memory.map(({ key, until }) => `${key}@${until}`).join();
  const flights = state.flights
    .map((flight) => `${flight.by}${flight.upstreamKey}@${flight.sentAt}${flight.ours}`)
    .join();
  const { crash, lostAck, lateWrite, unavailable, unsent, policyChange } = state.budget;
  const budget = `${crash}${lostAck}${lateWrite}${unavailable}${unsent}${policyChange}`;
  return [
    `${state.now}p${state.policy}e${state.effects}${state.ours}${state.forgotten}b${budget}t${state.told}`,
    row,
    state.before === null ? "-" : seen(state.before),
    memory,
    flights,
    state.writes.map(write).join(),
    state.processes.map(processText).join("|"),
  ].join(";");
}

function processText(process: Process): string {
  const { status, question, run } = process;
  const leaves = process.startBy ?? "";
  if (run === null) return `${status}${leaves}${process.heardSuccess}`;
  const asked = question === null ? "" : `${question.askedAt}${question.yes}`;
  return `${status}${leaves}${process.heardSuccess}${process.minted}p${process.policy}${asked}${runText(run)}`;
}

function runText(run: Run): string {
  const flags = `${run.told}${run.mayBeWritten}`;
  const known = run.seen === null ? "-" : seen(run.seen);
  return `${run.origin.kind}${flags}${command(run.command)}${known}${actText(run)}${run.verdict === null ? "" : verdict(run.verdict)}`;
}

function actText(run: Run): string {
  const { act } = run;
  if (act.act === "swap") return `S${write(act.write)}`;
  if (act.act === "send" || act.act === "ask") return `${act.act}${act.attempt.id}${record(act.record)}`;
  return act.act === "drop" ? `D${act.fence}` : "R";
}

function command(of: Command): string {
  switch (of.kind) {
    case "claim":
      return `claim${of.sawRow}`;
    case "answer":
      return `answer${of.attempt}${of.outcome.digest}`;
    case "end":
      return `end${of.attempt}${of.how}`;
    case "asked":
      return `asked${of.attempt}${of.askedAt}${of.said.kind}`;
    case "resolve":
      return of.resolution.kind === "noEffect" ? `resolve${of.resolution.lookedAt}` : "resolve effect";
    case "due":
    case "erase":
      return of.kind;
    default:
      return of satisfies never;
  }
}

function verdict(of: Verdict): string {
  return of.kind === "answer" ? `answer${of.how}` : of.kind;
}

function write(of: Write): string {
  return `${of.expect}>${of.fence}${record(of.next)}@${watchesHorizons ? of.dueAt : ""}`;
}

function seen(of: Seen): string {
  return of.fence + record(of.record);
}

function record(of: KeyRecord): string {
  let text = records.get(of);
  if (text === undefined) {
    const { state } = of;
    const what = state.kind === "inDoubt" ? "inDoubt" : state.kind === "running" ? { ...state, doubtSince: 0 } : state;
    const timing = watchesHorizons ? [of.asks, of.changedAt] : [];
    text = JSON.stringify([of.pins, of.firstSendAt, what, of.open, timing, of.secrets]);
    records.set(of, text);
  }
  return text;
}
