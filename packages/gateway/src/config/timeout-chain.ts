import { leaseMs } from "@semel/core/record";
import type { Route } from "../flow/route.ts";
import { durationText } from "./quantity.ts";

/** One "must be shorter than". Undeclared is unproved, never assumed. */
export type Link = Readonly<{ verdict: "proved" | "unproved" | "broken"; text: string; consequence: string }>;

/** The upstream gives up first, then the route, then the lease; and the client waits longer than the route. */
export function timeoutChain(route: Route, clientTimeoutMs: number | null): readonly Link[] {
  const { upstream, policy } = route;
  const { deadlineMs, sendWithinMs } = policy;
  const answers = { name: `${upstream.id} answers within`, ms: upstream.answersWithinMs };
  const deadline = { name: "deadline", ms: deadlineMs };
  const lease = { name: "lease", ms: leaseMs(policy, deadlineMs) };
  const longest = { name: "sendWithin + deadline", ms: sendWithinMs + deadlineMs };
  const client = { name: "client's timeout", ms: clientTimeoutMs };
  return [
    link(answers, deadline, "slow answers of the upstream end in doubt"),
    link(deadline, lease, "a second request could be sent while the first runs"),
    link(longest, client, "clients give up on requests that are still running, and retry into a conflict"),
  ];
}

type End = Readonly<{ name: string; ms: number | null }>;

function link(shorter: End, longer: End, otherwise: string): Link {
  const text = `${shown(shorter)} < ${shown(longer)}`;
  const verdict = shorter.ms === null || longer.ms === null ? "unproved" : shorter.ms < longer.ms ? "proved" : "broken";
  return { verdict, text, consequence: verdict === "proved" ? "" : otherwise };
}

function shown({ name, ms }: End): string {
  return `${name} ${ms === null ? "(undeclared)" : durationText(ms)}`;
}
