import { headerLines } from "@semel/core/http/protocol";
import type { RecordKey, Vault } from "@semel/core/record";
import type { Incoming, Route } from "../flow/index.ts";
import { nameRun } from "../flow/name-run.ts";
import { readKey } from "../flow/read-key.ts";

/** How a look-up names its run. `guessable`: by a key, which clients choose and others may guess. */
export type Named =
  | Readonly<{ kind: "run"; run: RecordKey; sent: string | null; guessable: boolean }>
  | Readonly<{ kind: "malformed"; code: "malformed" | "key_missing" | "operation_unknown"; why: string }>
  | Readonly<{ kind: "unknown" }>;

export const RUNS_PATH = "/.semel/runs";
const RUN = /^[A-Za-z0-9_-]{43}$/;

/** By run id in the path, or by operation and key in headers: a key never stands in a path, where logs would keep it. */
export function findRun(
  request: Incoming,
  path: string,
  account: string,
  routes: readonly Route[],
  vault: Vault,
): Named {
  if (path !== RUNS_PATH) {
    const id = path.slice(RUNS_PATH.length + 1);
    return RUN.test(id) ? { kind: "run", run: id as RecordKey, sent: null, guessable: false } : { kind: "unknown" };
  }
  const operation = headerLines(request.headers, "semel-operation");
  const route = routes.find(({ id }) => id === operation[0]);
  if (operation.length !== 1 || route === undefined) {
    const why = "Send one Semel-Operation header with an operation of the published policy.";
    return { kind: "malformed", code: "operation_unknown", why };
  }
  const key = readKey(request, inHeaders(route));
  if (key.kind === "missing") return { kind: "malformed", code: "key_missing", why: "Send the key in its header." };
  if (key.kind === "malformed") return { kind: "malformed", code: "malformed", why: key.why };
  const run = nameRun(request, route, account, key.key, vault);
  return { kind: "run", run, sent: key.sent, guessable: true };
}

/** A look-up has no body: a key that its operation reads there comes in the usual header. */
function inHeaders(route: Route): Route {
  const headers = route.key.headers.length > 0 ? route.key.headers : ["idempotency-key"];
  return { ...route, key: { ...route.key, headers, body: null } };
}
