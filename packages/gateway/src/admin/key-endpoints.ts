import type { Asked, Endpoint, Told } from "./endpoint.ts";
import { AdminProblem } from "./problem.ts";
import { type Desk, find, orUnavailable, shown } from "./read.ts";
import { scan } from "./scan.ts";
import { KEY, KEYS, LIST_QUERY, PROBLEM } from "./schemas.ts";
import { lineOfRow } from "./view.ts";

const LIMIT = 50;

export function keyEndpoints(desk: Desk): Endpoint[] {
  return [
    {
      method: "GET",
      url: "/api/keys",
      summary:
        "List runs, newest keys first. A call reads a bounded number of rows: follow `next`, also after an empty page",
      access: "viewer",
      query: LIST_QUERY,
      responses: { 200: { description: "A page of runs", schema: KEYS } },
      handle: (asked) => list(asked, desk),
    },
    {
      method: "GET",
      url: "/api/keys/:run",
      summary: "Show one run: everything but what is sealed; the client's key for operators",
      access: "viewer",
      responses: { 200: { description: "The run", schema: KEY }, 404: { description: "Unknown", schema: PROBLEM } },
      handle: async ({ params, caller }) => {
        const found = await find(params["run"]!, desk);
        return { status: 200, body: shown(found, caller, desk) };
      },
    },
  ];
}

async function list({ query }: Asked, { options }: Desk): Promise<Told> {
  const { browser, policyOf } = options;
  if (browser === null) {
    const detail = "Ask for one run by its id: the header Idempotency-Run of its answers shows it.";
    throw new AdminProblem("not_listed", detail);
  }
  const now = options.now();
  const wanted = { state: query["state"] ?? null, route: query["route"] ?? null, account: query["account"] ?? null };
  const limit = Number(query["limit"] ?? LIMIT);
  const cursor = query["cursor"] ?? null;
  const page = orUnavailable(() => scan(browser, (row) => lineOfRow(row, now, policyOf), wanted, limit, cursor));
  return {
    status: 200,
    body: await page.catch((error: unknown) => {
      if (!(error instanceof RangeError)) throw error;
      throw new AdminProblem("bad_request", "The cursor is not one that this store gave out.");
    }),
  };
}
