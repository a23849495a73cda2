import {
  ANSWER_BYTES_MAX,
  HEADERS_MAX,
  REQUEST_BYTES_MAX,
  type Survival,
  WAITERS_PER_KEY_MAX,
} from "@semel/core/record";
import type { Route } from "../flow/route.ts";
import { ANSWER_BYTES, HEADERS, KEY_BYTES, REQUEST_BYTES, WAIT, WAITERS } from "./bounds.ts";
import type { Path } from "./document.ts";
import type { ConfigFile, RouteFields, RouteFile } from "./file.ts";
import { suggestion } from "./nearest.ts";
import { Origin, type Origins } from "./origin.ts";
import { parseMatch } from "./pattern.ts";
import { type RouteTimes, readPolicy } from "./policy.ts";
import { PROFILE_NAMES, type ProfileDefaults, profileDefaults } from "./profile-defaults.ts";
import { type Bound, count, duration, size, sizeText } from "./quantity.ts";
import type { Reading } from "./reading.ts";
import { mostSurvived, type StoreChoice, survives } from "./store.ts";
import type { ReadUpstream } from "./upstream.ts";

export type ReadRoute = Readonly<{ route: Route; times: RouteTimes; origins: Origins }>;

/** What a route is read against. */
export type Surroundings = Readonly<{
  defaults: ConfigFile["defaults"];
  upstreams: ReadonlyMap<string, ReadUpstream | null>;
  store: StoreChoice;
}>;

/** One route with every value in force; null: refused. */
export function readRoute(reading: Reading, at: number, file: RouteFile, around: Surroundings): ReadRoute | null {
  const path = ["routes", at];
  const match = parseMatch(file.match);
  if ("fault" in match) reading.refuse([...path, "match"], match.fault);
  const said = [
    { name: "route", fields: file, path },
    { name: "defaults", fields: around.defaults, path: ["defaults"] },
  ];
  const named = new Origin<RouteFields>(reading, said).pick("profile", (it) => it.profile, "ietf");
  const profile = profileDefaults(named.value);
  if (profile === null) reading.refuse(named.path ?? path, `is unknown: ${suggestion(named.value, PROFILE_NAMES)}`);
  const found = around.upstreams.get(file.upstream);
  if (found === undefined) {
    reading.refuse([...path, "upstream"], `is unknown: ${suggestion(file.upstream, [...around.upstreams.keys()])}`);
  }
  if ("fault" in match || profile === null || found === undefined || found === null) return null;

  const origin = new Origin<RouteFields>(reading, [
    ...said,
    { name: `profile ${named.value}`, fields: profile.fields, path: null },
  ]);
  origin.pick("profile", (it) => it.profile, "ietf");
  refuseLater(reading, origin);
  if (match.methods.includes("GET")) reading.warn([...path, "match"], "protects GET, which should have no effect");
  const durable = around.store.kind !== "memory";
  const policyInput = { path, upstream: found.upstream.id, ladder: found.ladder, durable };
  const { policy, times } = readPolicy(reading, origin, policyInput);
  const { scopeHeaders, fingerprint } = readHeaders(origin, profile, named.value);
  const route: Route = {
    id: file.id ?? match.text,
    methods: match.methods,
    segments: match.segments,
    upstream: found.upstream,
    profile: named.value,
    mode: origin.pick("mode", (it) => it.mode, "enforce").value,
    key: readKey(reading, origin, path),
    scopeHeaders,
    fingerprint,
    waitMs: readWait(reading, origin, path),
    policy,
    requires: readRequires(reading, origin, path, around.store),
    limits: readLimits(reading, origin, path),
  };
  return { route, times, origins: new Map([...origin.origins, ...upstreamOrigins(found)]) };
}

function readKey(reading: Reading, origin: Origin, path: Path): Route["key"] {
  const headers = origin.pick<string[]>("key.headers", (it) => it.key?.headers, []);
  const body = origin.pick<string | null>("key.body", (it) => it.key?.body, null);
  const bytes = origin.pick("key.bytes", (it) => it.key?.bytes, 0);
  if (headers.value.length === 0 && body.value === null) {
    reading.refuse(headers.path ?? path, "names no header, and key.body is empty too: a key must come from somewhere");
  }
  return {
    headers: lower(headers.value),
    body: body.value,
    required: origin.pick("key.required", (it) => it.key?.required, true).value,
    format: origin.pick("key.format", (it) => it.key?.format, "any" as const).value,
    bytesMax: count(reading, bytes.path ?? path, bytes.value, KEY_BYTES),
  };
}

/** A profile's headers are added to, never replaced: without them one account would get another's answer. */
function readHeaders(
  origin: Origin,
  profile: ProfileDefaults,
  name: string,
): Pick<Route, "scopeHeaders" | "fingerprint"> {
  const withProfile = (
    field: string,
    own: readonly string[],
    read: (it: RouteFields) => string[] | undefined,
  ): string[] => {
    const picked = origin.pick<string[]>(field, read, []);
    const from = origin.origins.get(field)!;
    if (own.length > 0)
      origin.origins.set(field, picked.value.length === 0 ? `profile ${name}` : `profile ${name}, ${from}`);
    return [...new Set(lower([...own, ...picked.value]))];
  };
  return {
    scopeHeaders: withProfile("scopeHeaders", profile.scopeHeaders, (it) => it.scopeHeaders),
    fingerprint: {
      body: origin.pick("fingerprint.body", (it) => it.fingerprint?.body, "raw" as const).value,
      headers: withProfile("fingerprint.headers", profile.fingerprintHeaders, (it) => it.fingerprint?.headers),
    },
  };
}

function readWait(reading: Reading, origin: Origin, path: Path): number {
  const { value, path: at } = origin.pick("concurrent", (it) => it.concurrent, { answer: "conflict" as const });
  return "wait" in value ? duration(reading, at === null ? path : [...at, "wait"], value.wait, WAIT) : 0;
}

function readRequires(reading: Reading, origin: Origin, path: Path, store: StoreChoice): Survival {
  const { value, path: at } = origin.pick<Survival>("requires", (it) => it.requires, "process-crash");
  const most = mostSurvived(store);
  if (survives(most, value)) return value;
  const said = at === null ? `requires ${value} (the default)` : `is ${value}`;
  const advice = store.kind === "memory" ? "Use sqlite:PATH, or say requires: nothing" : `Say requires: ${most}`;
  reading.refuse(at ?? path, `${said}, and the store ${store.kind}: survives ${most} at most. ${advice}`);
  return value;
}

function readLimits(reading: Reading, origin: Origin, path: Path): Route["limits"] {
  type Limits = NonNullable<RouteFields["limits"]>;
  const bytes = (name: "request" | "answer", bound: Bound, least: number): number => {
    const picked = origin.pick(`limits.${name}`, (it) => it.limits?.[name], sizeText(least));
    return size(reading, picked.path ?? path, picked.value, bound);
  };
  const whole = (name: keyof Limits & ("headers" | "waitersPerKey"), bound: Bound, least: number): number => {
    const picked = origin.pick(`limits.${name}`, (it) => it.limits?.[name], least);
    return count(reading, picked.path ?? path, picked.value, bound);
  };
  return {
    requestBytes: bytes("request", REQUEST_BYTES, REQUEST_BYTES_MAX),
    answerBytes: bytes("answer", ANSWER_BYTES, ANSWER_BYTES_MAX),
    headers: whole("headers", HEADERS, HEADERS_MAX),
    waitersPerKey: whole("waitersPerKey", WAITERS, WAITERS_PER_KEY_MAX),
  };
}

/** Named in the file's shape, and not built yet: silence would promise what does not happen. */
function refuseLater(reading: Reading, origin: Origin): void {
  const percent = origin.pick("percent", (it) => it.percent, 100);
  if (percent.value !== 100 && percent.path !== null) {
    reading.refuse(
      percent.path,
      `is ${percent.value}, and only 100 is in this version: use mode: shadow or off on the route`,
    );
  }
  const respond = origin.pick("respondAsync", (it) => it.respondAsync, false);
  if (respond.value && respond.path !== null) {
    reading.refuse(respond.path, "is true, which is not in this version: leave it out");
  }
}

function upstreamOrigins({ origins }: ReadUpstream): [name: string, from: string][] {
  return [...origins].map(([name, from]) => [`upstream.${name}`, from]);
}

function lower(names: readonly string[]): string[] {
  return names.map((name) => name.toLowerCase());
}
