import { SURVIVALS, type Survival } from "@semel/core/record";
import type { Reading } from "./reading.ts";
import { pathOf, urlText } from "./secret.ts";

export type StoreChoice = Readonly<
  | { kind: "memory" }
  | { kind: "sqlite"; path: string }
  /** `url`: with its password. */
  | { kind: "postgres"; url: string }
  | { kind: "dynamodb"; table: string; region: string | null; endpoint: string | null }
  | CassandraChoice
>;

/** `login`: null, the cluster asks for none. `homeDatacenter`: the only one in which keys are swapped; null: all agree. */
export type CassandraChoice = Readonly<{
  kind: "cassandra";
  hosts: readonly string[];
  keyspace: string;
  datacenter: string;
  homeDatacenter: string | null;
  login: Readonly<{ user: string; password: string }> | null;
  tls: boolean;
}>;

/** `url`: with its password. */
export type CacheChoice = Readonly<{ kind: "none" } | { kind: "redis"; url: string }>;

const DEFAULT = "sqlite:./semel.db";

const SHAPES: Readonly<Record<string, string>> = {
  sqlite: "sqlite:PATH, such as sqlite:./semel.db",
  postgres: `postgres://USER:\${env:PASSWORD}@HOST[,HOST…]/DATABASE`,
  dynamodb: "dynamodb://TABLE?region=REGION",
  cassandra: "cassandra://HOST[,HOST…]/KEYSPACE?datacenter=NAME",
  memory: "memory:",
};

/** What is worked with where the file is refused anyway: one that no route refuses, so that there is one fault and not two. */
const NONE: StoreChoice = { kind: "sqlite", path: "" };

/** Where records are kept. */
export function readStore(reading: Reading, written: string = DEFAULT): StoreChoice {
  const text = urlText(reading, ["store"], written);
  if (text === null) return NONE;
  const [scheme, place] = split(text);
  const choice = choose(scheme === "postgresql" ? "postgres" : scheme, place, text, reading);
  if (choice !== null) return choice;
  const shape = SHAPES[scheme === "postgresql" ? "postgres" : scheme];
  const all = Object.values(SHAPES).join(", ");
  reading.refuse(["store"], shape === undefined ? `is no store: there are ${all}` : `is not complete: write ${shape}`);
  return NONE;
}

function choose(scheme: string, place: string, text: string, reading: Reading): StoreChoice | null {
  switch (scheme) {
    case "memory":
      return place === "" ? { kind: "memory" } : null;
    case "sqlite":
      return place === "" ? null : { kind: "sqlite", path: pathOf(reading, place) };
    case "postgres":
      return /^\/\/[^/?#]+\/[^/?#]+(\?[^#]*)?$/.test(place) ? { kind: "postgres", url: text } : null;
    case "dynamodb":
      return dynamodb(place);
    case "cassandra":
      return cassandra(place);
    default:
      return null;
  }
}

function dynamodb(place: string): StoreChoice | null {
  const [, table, rest = ""] = /^\/\/([\w.-]{3,255})\/?(?:\?(.*))?$/.exec(place) ?? [];
  if (table === undefined) return null;
  const options = new URLSearchParams(rest);
  const endpoint = options.get("endpoint");
  if (endpoint !== null && !URL.canParse(endpoint)) return null;
  return { kind: "dynamodb", table, region: options.get("region"), endpoint };
}

function cassandra(place: string): StoreChoice | null {
  const shape = /^\/\/(?:([^:@/]+):([^@/]+)@)?([^@/?]+)\/(\w+)(?:\?(.*))?$/;
  const [, user, password, hosts, keyspace, rest = ""] = shape.exec(place) ?? [];
  const options = new URLSearchParams(rest);
  const datacenter = options.get("datacenter");
  if (hosts === undefined || keyspace === undefined || datacenter === null) return null;
  const login =
    user === undefined || password === undefined
      ? null
      : { user: decodeURIComponent(user), password: decodeURIComponent(password) };
  const more = { homeDatacenter: options.get("homeDatacenter"), login, tls: options.get("tls") === "true" };
  return { kind: "cassandra", hosts: hosts.split(","), keyspace, datacenter, ...more };
}

/** What remembers completed answers between processes. */
export function readCache(reading: Reading, written: string = "none"): CacheChoice {
  const text = urlText(reading, ["cache"], written);
  if (text === null || text === "none") return { kind: "none" };
  if (/^rediss?:\/\/[^/?#]+/.test(text)) return { kind: "redis", url: text };
  reading.refuse(["cache"], `is no cache: write none, or redis://USER:\${env:PASSWORD}@HOST:PORT`);
  return { kind: "none" };
}

/** `none` is all there is yet. */
export function refuseLater(reading: Reading, name: "outbox", text: string | undefined): void {
  if (text === undefined || text === "none") return;
  reading.refuse([name], `names ${split(text)[0]}, which is not in this version: there is none`);
}

/** The most that a store of this kind can survive; what it does survive is measured when it is opened. */
export function mostSurvived({ kind }: StoreChoice): Survival {
  switch (kind) {
    case "memory":
      return "nothing";
    case "sqlite":
      return "power-loss";
    case "cassandra":
      return "node-loss";
    default:
      return "failover";
  }
}

export function survives(most: Survival, required: Survival): boolean {
  return SURVIVALS.indexOf(required) <= SURVIVALS.indexOf(most);
}

function split(text: string): [scheme: string, place: string] {
  const colon = text.indexOf(":");
  return colon === -1 ? [text, ""] : [text.slice(0, colon), text.slice(colon + 1)];
}
