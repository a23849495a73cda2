import type { Command, Request, Resolution } from "../../packages/core/src/record/command.ts";
import type { Reply } from "../../packages/core/src/record/decision.ts";
import type { Fence } from "../../packages/core/src/record/fence.ts";
import type { Instant } from "../../packages/core/src/record/instant.ts";
import type { Part, Secrets } from "../../packages/core/src/record/record.ts";
import { BYTES } from "./landing.ts";
import type { Add } from "./moves.ts";
import { isMintedBy, nameOf, withProcess } from "./moves.ts";
import { isUnknown, keyOfShadow, mayEnforce, startBy } from "./shadowing.ts";
import { settledAs } from "./storage.ts";
import type { Kernel, Run, Scenario, State } from "./world.ts";

const NO_FENCE = "f".repeat(32) as Fence;

/** A process begins: requests in their order, the due loop and the operator when there is a row that they care for. */
export function begins(state: State, index: number, scenario: Scenario, kernel: Kernel, add: Add): void {
  const process = state.processes[index]!;
  const previous = state.processes[index - 1];
  const { row } = state;
  const now = state.now + process.offset;
  const { role } = process;
  const isClient = role === "request" || role === "shadow";
  if (isClient && ((previous?.role === role && previous.status === "waiting") || state.forgotten)) return;
  if (role !== "shadow" && !mayEnforce(state)) return;
  if (role === "due" && (row === null || row.dueAt > now)) return;
  if (role === "operator" && row === null) return;
  const minting = { count: process.minted };
  const run = kernel.begin(command(role, index, now as Instant, state, scenario), isClient ? null : row, {
    now: now as Instant,
    monotonicMs: state.now,
    policy: scenario.policies[state.policy]!,
    mint: minter(index, minting),
  });
  const begun = withProcess(state, index, { startBy: startBy(role, state.now, scenario) });
  settle(begun, index, run, minting.count, `${nameOf(process, index)} begins`, null, add);
}

function command(
  role: Scenario["roles"][number],
  index: number,
  now: Instant,
  state: State,
  scenario: Scenario,
): Command {
  switch (role) {
    case "due":
      return { kind: "due", attempt: NO_FENCE, dueAt: state.row!.dueAt };
    case "operator":
      return { kind: "resolve", resolution: seenBy(now, state), note: "evidence", identity: null };
    case "request":
      return claim(`K${scenario.lossAt === null ? state.policy : 0}`);
    case "shadow": {
      const mine = keyOfShadow(index);
      const isMine = (pinned: Part<Secrets>) => "clear" in pinned && pinned.clear.upstreamKey === mine;
      return claim(mine, (pinned) => ({ repeat: isMine(pinned), ask: true }));
    }
    default:
      return role satisfies never;
  }
}

function claim(upstreamKey: string, unchanged?: NonNullable<Request["unchanged"]>): Command {
  const identity = { route: "pay", account: "a", profile: "ietf" };
  const secrets = { clear: { clientKey: "K", upstreamKey, vars: {} } };
  const request = { identity, fingerprint: () => ({ scheme: "s", digest: "d" }), secrets };
  const claimed = { kind: "claim", attempt: NO_FENCE, sawRow: false } as const;
  return unchanged === undefined
    ? { ...claimed, request, shadow: false }
    : { ...claimed, request: { ...request, unchanged }, shadow: true };
}

/** An operator is truthful: says what can be seen at the upstream now, whatever comes later. */
function seenBy(now: Instant, state: State): Resolution {
  if (state.effects === 0) return { kind: "noEffect", lookedAt: now };
  const outcome = { sense: "success", status: 201, source: "operator", digest: "operator" } as const;
  return { kind: "effect", outcome, answer: BYTES };
}

/** Feeds one event to a process and takes it to its next act. */
export function step(
  state: State,
  index: number,
  event: Parameters<Kernel["advance"]>[1],
  scenario: Scenario,
  kernel: Kernel,
  label: string,
  violation: string | null,
  add: Add,
): void {
  const process = state.processes[index]!;
  const minting = { count: process.minted };
  const run = kernel.advance(process.run!, event, {
    now: (state.now + process.offset) as Instant,
    monotonicMs: state.now,
    policy: scenario.policies[state.policy]!,
    mint: minter(index, minting),
  });
  if (isUnknown(process, run, event.event === "lost")) return;
  settle(state, index, run, minting.count, label, violation, add);
}

/** Unique and ordered like real fences, but with as few different values as possible, so that equal situations meet. */
function minter(index: number, minting: { count: number }): (previous: Fence | null) => Fence {
  return (previous) => {
    minting.count += 1;
    const clock = previous === null ? 1 : Number.parseInt(previous.slice(0, 12), 16) + 1;
    const own = `${index}${minting.count.toString(16)}`;
    return (clock.toString(16).padStart(12, "0") + own.padEnd(20, "0")) as Fence;
  };
}

function settle(
  state: State,
  index: number,
  run: Run,
  minted: number,
  label: string,
  broken: string | null,
  add: Add,
): void {
  const { act } = run;
  const reply = act.act === "reply" ? act.reply : act.act === "swap" ? act.tell : null;
  const finished = act.act === "reply";
  const { role } = state.processes[index]!;
  const next = withProcess(state, index, {
    status: finished ? "finished" : "working",
    run: finished ? null : act.act === "swap" && act.tries > 1 ? { ...run, act: { ...act, tries: 1 } } : run,
    minted,
    policy: state.policy,
  });
  // In shadow mode clients get the upstream's answers as they come, and are told nothing.
  const heard = reply === null || role === "shadow" ? { state: next, violation: null } : tell(next, reply);
  const violation = broken ?? heard.violation ?? (finished ? leftBehind(heard.state, index) : null);
  add(reply === null ? label : `${label} -> told ${describe(reply)}`, heard.state, violation);
}

/** What a client is told must be true, the same for all, and stored. */
function tell(state: State, reply: Reply): { state: State; violation: string | null } {
  if (reply.kind === "noEffect" && state.effects > 0)
    return { state, violation: "told that nothing happened after the effect" };
  if (reply.kind !== "answer" && reply.kind !== "notRetained") return { state, violation: null };
  const outcome =
    reply.kind === "answer"
      ? (settledAs(reply.record) ?? "?")
      : `${reply.outcome.sense} ${reply.outcome.digest ?? "-"}`;
  const told = { ...state, told: outcome };
  if (state.told !== null && state.told !== outcome)
    return { state: told, violation: `two answers: ${state.told}, ${outcome}` };
  const stored = state.row === null ? "nothing" : settledAs(state.row.record);
  if (stored !== outcome) return { state: told, violation: `told ${outcome}, but stored is ${stored ?? "no answer"}` };
  if (outcome.startsWith("success") && state.effects === 0)
    return { state: told, violation: "told success without an effect" };
  if (outcome.startsWith("failure") && state.effects > 0)
    return { state: told, violation: "told failure after the effect" };
  return { state: told, violation: null };
}

/** A process that ended of itself leaves no claim of its own behind, and no final answer unrecorded. */
function leftBehind(state: State, index: number): string | null {
  const record = state.row?.record;
  if (record === undefined) return null;
  const claimed =
    record.state.kind === "running" && state.now <= record.state.leaseUntil ? record.state.attempt.id : null;
  if (claimed !== null && isMintedBy(claimed, index)) return "a claim without an owner";
  const isOpen = record.open.some(({ id }) => isMintedBy(id, index));
  const isIncident = record.history.entries.some(({ did }) => did === "incident");
  const noted = record.state.kind === "completed" || (isIncident && !isOpen);
  const dropped = state.processes[index]!.heardSuccess && !noted;
  return dropped ? "a final answer was thrown away" : null;
}

function describe(reply: Reply): string {
  if (reply.kind === "answer") return `${reply.how} answer (${settledAs(reply.record)})`;
  return reply.kind === "notRetained" ? `outcome (${reply.outcome.sense})` : reply.kind;
}
