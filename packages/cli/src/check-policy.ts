import { durationText, type LoadedConfig, type RouteTimes, sizeText } from "@semel/gateway/config";

type Route = LoadedConfig["routes"][number];

/** The values in force on a route, named as in the file. */
export function policyRows(route: Route, times: RouteTimes): readonly (readonly [name: string, value: string])[] {
  const { key, policy, limits, fingerprint, upstream } = route;
  const { repeat, ask } = policy.ladder;
  return [
    ["profile", route.profile],
    ["mode", route.mode],
    ["key.headers", list(key.headers)],
    ["key.body", key.body ?? "none"],
    ["key.required", String(key.required)],
    ["key.format", key.format],
    ["key.bytes", String(key.bytesMax)],
    ["scopeHeaders", list(route.scopeHeaders)],
    ["fingerprint.body", fingerprint.body],
    ["fingerprint.headers", list(fingerprint.headers)],
    ["concurrent", route.waitMs === 0 ? "conflict" : `wait ${durationText(route.waitMs)}`],
    ["sendWithin", durationText(policy.sendWithinMs)],
    ["deadline", durationText(policy.deadlineMs)],
    ["clientTimeout", optional(times.clientTimeoutMs)],
    ["doubtAfter", policy.doubtAfterMs === null ? "auto" : durationText(policy.doubtAfterMs)],
    ["retryWithin", durationText(times.retryWithinMs)],
    ["retain", durationText(policy.retainMs)],
    ["horizon", durationText(policy.horizonMs)],
    ["unknownHistory", policy.unknownHistory],
    ["requires", route.requires],
    ["limits.request", sizeText(limits.requestBytes)],
    ["limits.answer", sizeText(limits.answerBytes)],
    ["limits.headers", String(limits.headers)],
    ["limits.waitersPerKey", String(limits.waitersPerKey)],
    ["upstream.accounts", upstream.accountsSeparate ? "separate" : "shared"],
    ["upstream.key", upstream.key],
    ["upstream.keyHeader", upstream.keyHeader],
    ["upstream.answersWithin", optional(upstream.answersWithinMs)],
    ["upstream.timeouts.connect", durationText(upstream.timeouts.connectMs)],
    ["upstream.timeouts.idle", durationText(upstream.timeouts.idleMs)],
    ["upstream.maxInFlight", String(upstream.maxInFlight)],
    ["upstream.recover.repeat.window", optional(repeat?.windowMs ?? null)],
    ["upstream.recover.ask.settleAfter", optional(ask?.settleAfterMs ?? null)],
  ];
}

function optional(ms: number | null): string {
  return ms === null ? "undeclared" : durationText(ms);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
