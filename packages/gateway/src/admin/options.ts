import type { Engine, PolicyOf } from "@semel/core/engine";
import type { Browser, Instant, RecordKey, RecordStore, Vault } from "@semel/core/record";
import type { Route } from "../flow/index.ts";
import type { StoreDesk } from "../store-desk.ts";
import type { AdminEvents } from "./events.ts";

/** `viewer` reads; `operator` also sees clients' keys, settles doubt and erases. */
export type Role = "viewer" | "operator";

/** A bearer token. Its name is the identity that a record's history keeps. */
export type Token = Readonly<{ name: string; role: Role; secret: string }>;

/** Who calls, as proved by a token. */
export type Caller = Readonly<{ name: string; role: Role }>;

/** Something an operator did, for logs: no reason, no key, no answer. */
export type Act = Readonly<{
  act: "resolve" | "propose" | "approve" | "erase" | "fence" | "prune";
  by: string;
  /** The authority's key where it was done to the whole store. */
  run: RecordKey;
  result: string;
}>;

export type AdminOptions = Readonly<{
  engine: Pick<Engine, "resolve" | "leaving">;
  store: RecordStore;
  /** null: the store cannot list its rows. */
  browser: Browser | null;
  vault: Vault;
  routes: readonly Route[];
  /** The engine's own: a record is shown as a retry of its request would find it. */
  policyOf: PolicyOf;
  tokens: readonly Token[];
  /** Names, beside loopback, under which the listener may be called: anything else is a page in a browser that guessed us. */
  hosts: readonly string[];
  /** `open`: anybody who reaches the listener may read the metrics, under any name. They hold routes and counts. */
  metrics: Readonly<{ text: () => Promise<string>; contentType: string; open: boolean }>;
  /** The whole store: its state, its losses, what is past its horizon. */
  desk: StoreDesk;
  /** Why this process should be sent no requests, beside what the admin server sees itself; empty: none. */
  ready: () => Promise<readonly string[]>;
  /** What each route promises, computed by whoever checked the configuration: route id to text. */
  guarantees: ReadonlyMap<string, string>;
  events: AdminEvents;
  /** The answers of an erased run leave this process's memory too. */
  forget: (run: RecordKey) => void;
  acted: (act: Act) => void;
  now: () => Instant;
}>;
