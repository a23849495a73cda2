import { policyRows } from "../../packages/cli/src/check-policy.ts";
import { ConfigError } from "../../packages/gateway/src/config/fault.ts";
import { type LoadedConfig, parseConfig } from "../../packages/gateway/src/config/load.ts";
import { configSchema, type JsonSchema } from "../../packages/gateway/src/config/schema.ts";

/** Which part of the file a setting stands in: the file itself, an upstream, a route. */
export const PARTS = ["file", "upstream", "route"] as const;
export type Part = (typeof PARTS)[number];

type Json = { [name: string]: unknown };

/** Its parts are what a setting is put into to see what the code says of it. */
const SMALLEST: Json = {
  version: 1,
  accounts: "single",
  upstreams: { bank: { url: "http://127.0.0.1:7302" } },
  routes: [{ match: "POST /payments", upstream: "bank" }],
};
/** Each of its members needs the others. */
const ASK: Json = {
  settleAfter: "15m",
  get: "/payments?key={upstreamKey}",
  effect: { status: 200, present: "/data/0" },
  noEffect: { status: 200, absent: "/data/0" },
  answer: { status: 201, body: "/data/0" },
};
/** Where each part stands in the file. */
const PLACES: Readonly<Record<Part, readonly string[]>> = {
  file: [],
  upstream: ["upstreams", "bank"],
  route: ["routes", "0"],
};
/** They are parts of their own, or maps whose names are free. */
const OPEN = new Set(["upstreams", "routes", "defaults"]);

/** Every name that a part of the file may have, dotted, as the schema has them. */
export function namesOf(part: Part): string[] {
  const root = configSchema();
  const upstreams = root.properties!["upstreams"]!;
  const schemas = { file: root, upstream: upstreams.additionalProperties as JsonSchema, route: undefined };
  return leaves(schemas[part] ?? root.properties!["routes"]!.items!, "");
}

function leaves(schema: JsonSchema, name: string): string[] {
  const inner = [schema, ...((schema["anyOf"] ?? []) as JsonSchema[])].flatMap(({ properties }) =>
    Object.entries(properties ?? {}),
  );
  if (inner.length === 0 || OPEN.has(name)) return [name];
  const found = inner.flatMap(([step, place]) => leaves(place, name === "" ? step : `${name}.${step}`));
  return [...new Set(found)];
}

/** What the code says a value may be: it is given values that are none. "": it says no more than a shape. */
export function allowed(part: Part, name: string): string {
  const said = [50, true, "999999999d", "999999999MiB", 999_999_999, -1, "no such word"].flatMap((value) =>
    faultsOf(saying(part, name, value)),
  );
  for (const read of SAYINGS) {
    const found = said.map(read).find((words) => words !== null);
    if (found !== undefined && found !== null) return found;
  }
  const [least, most] = [/must be at least (\d+)$/, /must be at most (\d+)$/].map((it) => firstMatch(said, it));
  return least === null || most === null ? "" : `${least} to ${most}`;
}

/** How the faults of a configuration say what would be none; earlier ones say it of this version, later ones of any. */
const SAYINGS: readonly ((message: string) => string | null)[] = [
  (message) => /, and only (\S+) is in this version/.exec(message)?.[1] ?? null,
  (message) => (message.includes(" is true, which is not in this version") ? "false" : null),
  (message) => (message.endsWith(", which is not in this version: there is none") ? "none" : null),
  (message) => /, and may be (\S+ to \S+): /.exec(message)?.[1] ?? null,
  (message) => /must be one of (.+), and is /.exec(message)?.[1] ?? null,
  (message) => /must be ([^ ,]+), and is /.exec(message)?.[1] ?? null,
  (message) => (message.endsWith("must be a boolean, and is -1") ? "true, false" : null),
];

function firstMatch(messages: readonly string[], pattern: RegExp): string | null {
  return messages.map((message) => pattern.exec(message)?.[1]).find((found) => found !== undefined) ?? null;
}

/** What is in force where the file says nothing, as `semel check` shows it; null: nothing is shown. */
export function shownDefault(part: Part, name: string): string | null {
  const { routes, times } = load(SMALLEST);
  const shown = new Map(policyRows(routes[0]!, times.get(routes[0]!.id)!));
  return shown.get(part === "upstream" ? `upstream.${name}` : name) ?? null;
}

/** Whether writing a value out changes nothing. */
export function changesNothing(part: Part, name: string, value: string): boolean {
  const said = [saying(part, name, value), saying(part, name, Number(value)), saying(part, name, value === "true")];
  return said.some((file) => {
    try {
      return comparable(load(file)) === comparable(load(SMALLEST));
    } catch (error) {
      if (error instanceof ConfigError) return false;
      throw error;
    }
  });
}

/** Whether a file without it is refused. */
export function isRequired(part: Part, name: string): boolean {
  const file = structuredClone(SMALLEST);
  const [place, last] = placeOf(file, part, name);
  const known = last in place;
  delete place[last];
  return known && faultsOf(file).some((message) => / is missing$/.test(message) || /must say whose key/.test(message));
}

function saying(part: Part, name: string, value: unknown): Json {
  const file = structuredClone(SMALLEST);
  const [place, last] = placeOf(file, part, name);
  place[last] = value;
  return file;
}

/** Walks to where a name stands, and makes what is not there. */
function placeOf(file: Json, part: Part, name: string): [place: Json, last: string] {
  const steps = [...PLACES[part], ...name.split(".")];
  let place = file;
  for (const step of steps.slice(0, -1)) {
    if (typeof place[step] !== "object") place[step] = step === "ask" ? structuredClone(ASK) : {};
    place = place[step] as Json;
  }
  return [place, steps.at(-1)!];
}

function faultsOf(file: Json): string[] {
  try {
    load(file);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map(({ message }) => message);
  }
}

function load(file: Json): LoadedConfig {
  const readSecret = (): Uint8Array => new Uint8Array(32);
  return parseConfig(JSON.stringify(file), { path: "semel.yaml", env: {}, readSecret });
}

/** What is in force: not where it comes from, and not which functions were made for it. */
function comparable({ provenance: _, ...config }: LoadedConfig): string {
  return JSON.stringify(config, (_name, value: unknown) => (value instanceof Map ? [...value] : value));
}
