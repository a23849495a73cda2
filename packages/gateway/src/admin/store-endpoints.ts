import { AUTHORITY_KEY } from "@semel/core/record";
import { storeBodies } from "../store-bodies.ts";
import type { Asked, Endpoint, Told } from "./endpoint.ts";
import type { AdminOptions } from "./options.ts";
import { AdminProblem } from "./problem.ts";
import { orUnavailable } from "./read.ts";
import { FENCE_BODY, FENCED, PROBLEM, PRUNED, STORE } from "./schemas.ts";

type Fence = Readonly<{ lostSince: string; reason: string }>;

/** What operators may see of a whole store, and do to it. */
export function storeEndpoints(options: AdminOptions): Endpoint[] {
  const { desk } = options;
  return [
    {
      method: "GET",
      url: "/api/store",
      summary: "The store: what it survives, its clock, and what of its history may be lost",
      access: "viewer",
      responses: { 200: { description: "The store", schema: STORE } },
      handle: async () => ({ status: 200, body: storeBodies.status(await orUnavailable(desk.status)) }),
    },
    {
      method: "POST",
      url: "/api/store/fence",
      summary: "Declare that history since a time may be lost: keys that the store does not know become suspect",
      access: "operator",
      body: FENCE_BODY,
      responses: {
        200: { description: "A quarantine is in force", schema: FENCED },
        400: { description: "The time lies in the future", schema: PROBLEM },
      },
      handle: (asked) => fence(asked as Asked<Fence>, options),
    },
    {
      method: "POST",
      url: "/api/store/prune",
      summary: "Visit now what is due: rows past their horizon are dropped, if the clocks agree",
      access: "operator",
      responses: { 200: { description: "What was done", schema: PRUNED } },
      handle: async ({ caller }) => {
        const pruned = await orUnavailable(desk.prune);
        options.acted({ act: "prune", by: caller!.name, run: AUTHORITY_KEY, result: `${pruned.visited} rows` });
        return { status: 200, body: storeBodies.pruned(pruned) };
      },
    },
  ];
}

async function fence({ body, caller }: Asked<Fence>, { desk, acted, now }: AdminOptions): Promise<Told> {
  const since = storeBodies.instant(body.lostSince);
  if (since > now()) throw new AdminProblem("bad_request", "Nothing can be lost since a time that has not come yet.");
  const why = `by ${caller!.name}: ${body.reason}`;
  const loss = await orUnavailable(() => desk.fence(since, why));
  acted({ act: "fence", by: caller!.name, run: AUTHORITY_KEY, result: "fenced" });
  return { status: 200, body: storeBodies.fenced(loss) };
}
