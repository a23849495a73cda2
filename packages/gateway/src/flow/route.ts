import type { Policy, Survival, Words } from "@semel/core/record";

/** What a route does with a request that carries a key. */
export type Mode = "enforce" | "shadow" | "off";

export type KeyFormat = "any" | "uuid" | "uuidv7" | "ulid";

/** One entry of `routes`, complete: every value is the effective one. */
export type Route = Readonly<{
  /** The operation, part of every key's name: the `match` as written, with its methods and path pattern. */
  id: string;
  methods: readonly string[];
  /** Path segments: a literal, `{name}` for one segment, or `**` (last) for the rest. */
  segments: readonly string[];
  upstream: Upstream;
  /** Name of the profile: what clients see. */
  profile: string;
  mode: Mode;
  key: Readonly<{
    /** Lower-case header names, the first one found counts. */
    headers: readonly string[];
    /** JSON pointer into the request body, null: keys come in headers only. */
    body: string | null;
    required: boolean;
    format: KeyFormat;
    bytesMax: number;
  }>;
  /** Lower-case names of headers that are part of a key's name. */
  scopeHeaders: readonly string[];
  fingerprint: Readonly<{ body: "raw" | "json" | "multipart"; headers: readonly string[] }>;
  /** How long a concurrent duplicate waits for the answer; 0: it is told conflict at once. */
  waitMs: number;
  /** Without a quarantine: that is the authority's to add. */
  policy: Policy;
  requires: Survival;
  limits: Readonly<{ requestBytes: number; answerBytes: number; headers: number; waitersPerKey: number }>;
}>;

export type Upstream = Readonly<{
  id: string;
  /** Origin and an optional path prefix. */
  url: URL;
  /** Each account has its own credential there: one account's key cannot meet another's. */
  accountsSeparate: boolean;
  /** `forward`: the client's field value, byte for byte. `derived`: a keyed hash. `none`: it is sent no key. */
  key: "forward" | "derived" | "none";
  /** Lower-case. */
  keyHeader: string;
  /** What an answer means, by status and headers (lower-case names). */
  words: (status: number, header: (name: string) => string | null) => Words;
  timeouts: Readonly<{ connectMs: number; idleMs: number }>;
  maxInFlight: number;
  /** Its own declared limit, null: undeclared. */
  answersWithinMs: number | null;
  ask: Question | null;
}>;

/** How an upstream is asked about a key. */
export type Question = Readonly<{
  /** Values for the template that the request brought: name to JSON pointer into its body. */
  vars: readonly Readonly<{ name: string; pointer: string }>[];
  /** Path and query of the GET, from the pinned upstream key and the values kept with the record; null: a value is missing. */
  target: (upstreamKey: string, vars: Readonly<{ [name: string]: string }>) => string | null;
  /** Semel's own credential and other headers: name and value in turn. */
  headers: readonly string[];
  /** Reads the upstream's answer. */
  read: (status: number, body: Uint8Array) => QuestionResult;
}>;

/** `answer`: what every retry gets from now on, null: completed as not retained. */
export type QuestionResult =
  | Readonly<{ kind: "yes"; answer: Readonly<{ status: number; contentType: string; body: Uint8Array }> | null }>
  | Readonly<{ kind: "no" }>
  | Readonly<{ kind: "unknown"; note: string }>;

/** Whose key it is. */
export type Accounts =
  | Readonly<{ kind: "single" }>
  /** Set by a trusted edge. */
  | Readonly<{ kind: "header"; header: string }>
  /** Credential to account. */
  | Readonly<{ kind: "map"; header: string; accounts: ReadonlyMap<string, string> }>
  /** The credential itself names the account: rotating it renames keys. */
  | Readonly<{ kind: "credential"; header: string }>;
