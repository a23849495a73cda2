import type { Ladder, Policy } from "@semel/core/record";
import type { Route, Upstream } from "../flow/route.ts";
import { durationText } from "./quantity.ts";

export type Level = "exactly once" | "at most once" | "no guarantee";

/** What is promised for a route, and what the promise rests on. */
export type Guarantee = Readonly<{ level: Level; sentence: string; assumptions: readonly string[] }>;

/** Computed from the ladder and from nothing else that could be wished for. */
export function guaranteeOf(route: Route): Guarantee {
  const { mode, policy } = route;
  if (mode !== "enforce") {
    const what =
      mode === "shadow"
        ? "Every request is forwarded; duplicates are counted, not stopped."
        : "Every request is forwarded, and nothing is recorded.";
    return { level: "no guarantee", sentence: what, assumptions: [] };
  }
  const ladder = usable(policy);
  const level = ladder.repeat === null && ladder.ask === null ? "at most once" : "exactly once";
  return { level, sentence: sentenceOf(policy, ladder), assumptions: assumptionsOf(route, ladder) };
}

/** A window in which no repetition fits is no rung. */
function usable(policy: Policy): Ladder {
  const { repeat, ask } = policy.ladder;
  return { repeat: repeat !== null && repeatableMs(policy, repeat.windowMs) > 0 ? repeat : null, ask };
}

function sentenceOf(policy: Policy, { repeat, ask }: Ladder): string {
  const repeats =
    repeat === null ? null : `repeated with its own key for ${spanText(repeatableMs(policy, repeat.windowMs))}`;
  const asks =
    ask === null
      ? null
      : `asked about, with a final "no" ${durationText(ask.settleAfterMs)} after its last possible send`;
  if (repeats !== null && asks !== null)
    return `A request whose answer was lost is ${repeats} (by a client's retry), then ${asks}. What neither settles is in doubt.`;
  if (asks !== null) return `A request whose answer was lost is ${asks}. What the upstream cannot tell is in doubt.`;
  if (repeats !== null)
    return `A request whose answer was lost is ${repeats} (by a client's retry). After that, and where no client retries, it is in doubt.`;
  return "A request whose answer was lost is in doubt, for an operator or reconciliation to settle. It is never run again by itself.";
}

/** What of a window can be used: the last repetition must have landed inside it. */
function repeatableMs(policy: Policy, windowMs: number): number {
  return Math.max(0, windowMs - policy.sendWithinMs - policy.deadlineMs - lagMs(policy) - policy.skewMs);
}

function lagMs({ ladder, undeclaredLagMs }: Policy): number {
  return ladder.ask?.settleAfterMs ?? undeclaredLagMs;
}

function assumptionsOf(route: Route, ladder: Ladder): readonly string[] {
  const { policy, requires, upstream, key } = route;
  const { id } = upstream;
  const lag =
    ladder.ask === null ? `${durationText(lagMs(policy))} (nothing is declared)` : durationText(lagMs(policy));
  const lines = [
    requires === "nothing"
      ? "The process does not end: its store may lose everything with it (requires: nothing)."
      : `The store keeps what it acknowledged through ${requires.replace("-", " ")}, or its loss is declared.`,
    ...ladderAssumptions(upstream, ladder),
    `Nobody reaches ${id} around Semel with the same intent.`,
    "Names of keys are stable: the naming secret, this route's id and its scope headers.",
    `A stopped process sends nothing later than ${lag} after its time to send.`,
    `Any two clocks differ by at most ${durationText(policy.skewMs)}.`,
    `Clients retry a key within ${durationText(policy.horizonMs)} of its last transition (horizon).`,
  ];
  if (!key.required) lines.push("Requests without a key pass unprotected (key.required: false).");
  if (policy.unknownHistory === "accept" && ladder.repeat === null && ladder.ask === null) {
    lines.push(
      "After lost history a key that nobody knows is run again: that can be a second time (unknownHistory: accept).",
    );
  }
  return lines;
}

function ladderAssumptions({ id, key }: Upstream, { repeat, ask }: Ladder): readonly string[] {
  const lines: string[] = [];
  if (key === "forward" && (repeat !== null || ask !== null)) {
    lines.push(`Clients use a key for one request only, whatever the route: ${id} sees their own keys (key: forward).`);
  }
  if (repeat !== null)
    lines.push(
      `${id} honours a key for ${durationText(repeat.windowMs)} from its first send, and answers a repetition with the first outcome.`,
    );
  if (ask !== null)
    lines.push(
      `${id} shows every effect within ${durationText(ask.settleAfterMs)} of its last possible send, under the key and values it is asked by.`,
    );
  return lines;
}

/** Rounded down, for a sentence: 85463000 is 23h 44m. */
function spanText(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return durationText(ms);
  const hours = Math.floor(minutes / 60);
  return [hours > 0 ? `${hours}h` : "", minutes % 60 > 0 ? `${minutes % 60}m` : ""].filter((it) => it !== "").join(" ");
}
