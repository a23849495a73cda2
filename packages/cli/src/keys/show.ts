import { parseArgs } from "node:util";
import { adminClient, COMMON } from "./admin-client.ts";
import { advice } from "./advice.ts";
import type { ExitCode, Io } from "./io.ts";
import { runOf, runPath } from "./run-id.ts";
import type { KeyHead } from "./shapes.ts";
import { distance, table } from "./text.ts";

/** `semel keys show RUN`: what is known of it, how it came about, and what to do. */
export async function showKey(args: string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: COMMON });
  const path = runPath(runOf(positionals));
  const key = (await adminClient(values, io)("GET", path)) as KeyHead;
  io.out(values.json ? JSON.stringify(key) : told(key, io.now()));
  return 0;
}

function told(key: KeyHead, now: number): string {
  const facts = [
    ["run", key.run],
    ["state", stateOf(key, now)],
    ["route", `${key.route}, upstream ${key.upstream}`],
    ["account", key.account === "" ? "(single)" : key.account],
    ...(key.clientKey === undefined ? [] : [["client's key", key.clientKey ?? "(erased or unreadable)"]]),
    ...(key.firstSendAt === null ? [] : [["first sent", `${key.firstSendAt}, ${distance(key.firstSendAt, now)}`]]),
    ["open attempts", String(key.openAttempts)],
    ...(key.asked.count === 0 ? [] : [["asked", `${key.asked.count} times`]]),
    ...outcomeOf(key),
  ];
  return [
    table(facts),
    "",
    "history",
    indented(historyOf(key)),
    "",
    "what to do next",
    ...advice(key, now).map(indented),
  ].join("\n");
}

function stateOf({ state, suspect, doubtSince }: KeyHead, now: number): string {
  if (state === "in-doubt") return doubtSince === null ? "in doubt" : `in doubt, reported ${distance(doubtSince, now)}`;
  return suspect ? `${state}, suspect: it may have taken effect` : state;
}

function outcomeOf({ outcome, answer }: KeyHead): string[][] {
  if (outcome === null) return [];
  const digest = outcome.digest === null ? "" : `, body sha256 ${outcome.digest}`;
  const source = {
    upstream: "the upstream answered",
    asked: "the upstream was asked",
    operator: "an operator said so",
  };
  const by = source[outcome.source as keyof typeof source] ?? outcome.source;
  return [
    ["outcome", `${outcome.sense}, status ${outcome.status}: ${by}${digest}`],
    ["answer", answer ?? "none"],
  ];
}

function historyOf({ history }: KeyHead): string {
  const older = history.older === 0 ? [] : [[`(${history.older} older ones are kept as a digest)`, "", "", ""]];
  const rows = history.entries.map(({ at, did, attempt, note }) => [at, did, attempt?.slice(0, 16) ?? "", note ?? ""]);
  return table([...older, ...rows]);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
