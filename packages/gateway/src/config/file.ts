import type { KEY_FORMATS, SURVIVALS, Word } from "@semel/core/record";

/** The file as it is written: shapes only. Times and sizes are still text. */
export type ConfigFile = {
  version: 1;
  store?: string | undefined;
  cache?: string | undefined;
  listen?: { gateway?: string | undefined; admin?: string | undefined } | undefined;
  secrets?: { naming: string; fingerprint: RotatingFile; sealing: RotatingFile } | undefined;
  admin?: { tokens: { name: string; role: "viewer" | "operator"; secret: string }[] } | undefined;
  accounts: AccountsFile;
  outbox?: string | undefined;
  upstreams: Record<string, UpstreamFile>;
  defaults?: RouteFields | undefined;
  routes: RouteFile[];
};

export type RotatingFile = { current: string; keys: Record<string, string> };

export type AccountsFile = "single" | { header: string } | { map: string; header: string } | { credential: string };

export type UpstreamFile = {
  url: string;
  provider?: string | undefined;
  accounts?: "shared" | "separate" | undefined;
  key?: "forward" | "derived" | "none" | undefined;
  keyHeader?: string | undefined;
  answersWithin?: string | undefined;
  outcomes?: { notSuspect?: Record<string, Word> | undefined; suspect?: Record<string, Word> | undefined } | undefined;
  timeouts?: { connect?: string | undefined; idle?: string | undefined } | undefined;
  maxInFlight?: number | undefined;
  recover?: { repeat?: { window: string } | undefined; ask?: AskFile | undefined } | undefined;
};

export type AskFile = {
  settleAfter: string;
  get: string;
  vars?: Record<string, string> | undefined;
  headers?: Record<string, string> | undefined;
  effect: ProofFile;
  noEffect: ProofFile;
  answer?: { status: number; body: string } | undefined;
};

export type ProofFile = { status: number; present?: string | undefined; absent?: string | undefined };

/** What `defaults` and a route may both say. */
export type RouteFields = {
  profile?: string | undefined;
  mode?: "enforce" | "shadow" | "off" | undefined;
  percent?: number | undefined;
  key?:
    | {
        headers?: string[] | undefined;
        body?: string | null | undefined;
        required?: boolean | undefined;
        format?: (typeof KEY_FORMATS)[number] | undefined;
        bytes?: number | undefined;
      }
    | undefined;
  scopeHeaders?: string[] | undefined;
  fingerprint?: { body?: "raw" | "json" | "multipart" | undefined; headers?: string[] | undefined } | undefined;
  concurrent?: { answer: "conflict" } | { wait: string } | undefined;
  sendWithin?: string | undefined;
  deadline?: string | undefined;
  clientTimeout?: string | undefined;
  doubtAfter?: string | undefined;
  retryWithin?: string | undefined;
  retain?: string | undefined;
  horizon?: string | undefined;
  unknownHistory?: "refuse" | "accept" | undefined;
  respondAsync?: boolean | undefined;
  requires?: (typeof SURVIVALS)[number] | undefined;
  limits?:
    | {
        request?: string | undefined;
        answer?: string | undefined;
        headers?: number | undefined;
        waitersPerKey?: number | undefined;
      }
    | undefined;
};

export type RouteFile = RouteFields & { match: string; id?: string | undefined; upstream: string };
