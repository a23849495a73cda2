import { type Marks, withoutHeaders } from "@semel/core/http/protocol";
import {
  CorruptError,
  decodeRecord,
  type Instant,
  type KeyRecord,
  openSecrets,
  type Policy,
  PROFILES,
  type RecordKey,
  type RecordStore,
  StoreError,
  type Vault,
} from "@semel/core/record";
import { identify } from "../flow/identify.ts";
import type { Accounts, Incoming, Outgoing, Route } from "../flow/index.ts";
import { render } from "../flow/render.ts";
import { problem } from "../http/respond.ts";
import { findRun } from "./find-run.ts";
import { isUnderWay, type Looked, look } from "./run-state.ts";
import type { Waiting } from "./waiting.ts";

export type LookUpPorts = Readonly<{
  routes: readonly Route[];
  accounts: Accounts;
  store: RecordStore;
  vault: Vault;
  /** The engine's own: a run is shown as a retry would find it. */
  policyOf: (route: string) => Policy;
  now: () => Instant;
}>;

/** Answers what is known of a run, to its own account only. A completed run's answer comes as a replay of it. */
export async function lookUp(request: Incoming, path: string, waiting: Waiting, ports: LookUpPorts): Promise<Outgoing> {
  const account = identify(request, ports.accounts, ports.vault);
  if (account === null) {
    return problem(401, "account_unknown", "The account is unknown", "Send the credential of your account.");
  }
  const named = findRun(request, path, account, ports.routes, ports.vault);
  if (named.kind === "malformed") return problem(400, named.code, "The look-up is malformed", named.why);
  if (named.kind === "unknown") return unknown();
  const read = async (): Promise<Seen | null> => await see(named.run, account, ports);
  try {
    let seen = await read();
    while (seen !== null && isUnderWay(seen.looked) && (await waiting.again())) seen = await read();
    if (seen === null) return unknown();
    // Where nothing shows who asks, a guessed key must not be enough to read an answer; a run's id cannot be guessed.
    if (named.guessable && ports.accounts.kind === "single") return told(null, seen);
    if (seen.looked.kind === "state") return told(named.run, seen);
    return answer(
      seen.looked.reply,
      seen.record,
      { clientKey: named.sent ?? keyOf(named.run, seen, ports), run: named.run },
      ports,
    );
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof CorruptError)) throw error;
    const busy = problem(503, "unavailable", "The run cannot be read right now", "Wait, then look it up again.");
    return { ...busy, headers: [...busy.headers, "Retry-After", "1"] };
  }
}

const CACHING = new Set(["cache-control", "expires", "pragma"]);

type Seen = Readonly<{ record: KeyRecord; looked: Looked }>;

/** null: there is no such run, or it is somebody else's: nobody learns which. */
async function see(run: RecordKey, account: string, { store, policyOf, now }: LookUpPorts): Promise<Seen | null> {
  const row = await store.read(run);
  if (row === null) return null;
  const record = decodeRecord(row.doc);
  return record.account === account ? { record, looked: look(record, now(), policyOf(record.route)) } : null;
}

function answer(
  reply: (Looked & { kind: "answer" })["reply"],
  record: KeyRecord,
  marks: Marks,
  { vault }: LookUpPorts,
): Outgoing {
  const profile = [...PROFILES.values()].find(({ version }) => version === record.profile) ?? PROFILES.get("ietf")!;
  const outgoing = render(reply, profile, marks, { failed: null, answer: null }, vault);
  // Unlike a replay this is a GET: a cache on the way would hand it to whoever asks next.
  const headers = [...withoutHeaders(outgoing.headers, CACHING), "Cache-Control", "no-store"];
  return { ...outgoing, headers };
}

/** A report about a run, not an answer of the operation. `run` null: not told. */
function told(run: RecordKey | null, { record, looked }: Seen): Outgoing {
  const outcome = record.state.kind === "completed" ? record.state.outcome : null;
  const report =
    looked.kind === "answer"
      ? { state: "completed", retryable: true, detail: "Send the request again with the same key to get its answer." }
      : { state: looked.state, retryable: looked.retryable, detail: looked.detail };
  const body = { ...(run === null ? {} : { run }), operation: record.route, ...report, outcome };
  const retry = looked.kind === "state" && looked.retryAfterMs !== null ? Math.ceil(looked.retryAfterMs / 1_000) : null;
  const headers = [
    ...["Content-Type", "application/json", "Cache-Control", "no-store"],
    ...["Link", '</.well-known/idempotency>; rel="describedby"'],
    ...(run === null ? [] : ["Idempotency-Run", run]),
    ...(retry === null ? [] : ["Retry-After", String(retry)]),
  ];
  return { status: 200, headers, body: new TextEncoder().encode(JSON.stringify(body)), rest: null };
}

/** The key as its owner would write it: bare where it may be, else quoted. */
function keyOf(run: RecordKey, { record }: Seen, { vault }: LookUpPorts): string {
  const key = openSecrets(record.secrets, run, vault)?.clientKey ?? "";
  return /^[!#-+\--:<-[\]-~]*$/.test(key) ? key : `"${key.replaceAll(/["\\]/g, "\\$&")}"`;
}

function unknown(): Outgoing {
  return problem(
    404,
    "run_unknown",
    "The run is unknown",
    "No request of this account is known under this run or key.",
  );
}
