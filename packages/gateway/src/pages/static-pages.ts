import { problemPath } from "@semel/core/record";
import type { Outgoing, Route } from "../flow/index.ts";
import { prefersHtml } from "./accept.ts";
import { PAGE_HEADERS } from "./html.ts";
import { policyOf } from "./policy.ts";
import { policyPage } from "./policy-page.ts";
import { problemList, problemPage, problemsPage } from "./problem-page.ts";
import { EXPLAINED } from "./problem-texts.ts";

const POLICY_PATH = "/.well-known/idempotency";

/** The policy changes with the configuration only: an hour-old copy is good, an older one may be asked for again. */
const CACHE = "public, max-age=3600";

/** One page in both forms, written once at start. */
type Both = Readonly<{ status: number; json: Outgoing; html: Outgoing }>;

/** The page at `path` in the form that `accept` asks for; null: no such page. */
export type StaticPages = (path: string, accept: string | undefined) => Outgoing | null;

export function staticPages(routes: readonly Route[]): StaticPages {
  const policy = policyOf(routes);
  const index = problemPath("");
  const list = both(200, problemList(), problemsPage());
  const known = new Map<string, Both>([
    [POLICY_PATH, both(200, policy, policyPage(policy))],
    [index, list],
    [index.slice(0, -1), list],
  ]);
  for (const problem of EXPLAINED.values()) {
    const type = problemPath(problem.name);
    known.set(type, both(200, { type, ...problem }, problemPage(problem)));
  }
  const none = both(404, problemList(), problemsPage());
  return (path, accept) => {
    const page = known.get(path) ?? (path.startsWith(index) ? none : null);
    if (page === null) return null;
    return prefersHtml(accept) ? page.html : page.json;
  };
}

function both(status: number, json: object, page: string): Both {
  const common = ["Vary", "Accept", "Cache-Control", CACHE];
  return {
    status,
    json: outgoing(status, ["Content-Type", "application/json", ...common], JSON.stringify(json)),
    html: outgoing(status, ["Content-Type", "text/html; charset=utf-8", ...PAGE_HEADERS, ...common], page),
  };
}

function outgoing(status: number, headers: readonly string[], text: string): Outgoing {
  return { status, headers, body: new TextEncoder().encode(text), rest: null };
}
