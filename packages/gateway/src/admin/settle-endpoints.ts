import type { Asked, Endpoint, Told } from "./endpoint.ts";
import { operatorOutcome, type WrittenAnswer } from "./operator-answer.ts";
import { AdminProblem } from "./problem.ts";
import type { Resolve } from "./proposals.ts";
import { type Desk, type Found, find, orUnavailable, shown, toldProposal } from "./read.ts";
import { APPROVE_BODY, ERASE_BODY, PROBLEM, RESOLVE_BODY, SETTLED } from "./schemas.ts";
import { lookedTooEarly, rehearse, settle, throwIfRefused } from "./settle.ts";

type ResolveBody = Readonly<{ effect: boolean; reason: string; evidence?: string; answer?: WrittenAnswer }>;

const REFUSED = { description: "Refused; nothing was changed. `until`: when to try again", schema: PROBLEM };
const SETTLED_NOW = { description: "What became of it", schema: SETTLED };

/** What operators may do to a run. All of it is decided by the same rules as everything else, on the row as it is. */
export function settleEndpoints(desk: Desk): Endpoint[] {
  return [
    {
      method: "POST",
      url: "/api/keys/:run/resolve",
      summary: "Say whether a run in doubt took effect; without evidence a second person has to approve",
      access: "operator",
      body: RESOLVE_BODY,
      responses: {
        200: SETTLED_NOW,
        202: { description: "Waits for approval. A restart of the gateway forgets it", schema: SETTLED },
        409: REFUSED,
      },
      handle: (asked) => resolve(asked as Asked<ResolveBody>, desk),
    },
    {
      method: "POST",
      url: "/api/keys/:run/approve",
      summary: "Approve what another person proposed about a run",
      access: "operator",
      body: APPROVE_BODY,
      responses: {
        200: SETTLED_NOW,
        403: { description: "Proposed by the same person", schema: PROBLEM },
        409: REFUSED,
      },
      handle: (asked) => approve(asked as Asked<{ proposal: string }>, desk),
    },
    {
      method: "POST",
      url: "/api/keys/:run/erase",
      summary: "Forget the answer and the client's key of a settled run, but not that the key was used",
      access: "operator",
      body: ERASE_BODY,
      responses: { 200: SETTLED_NOW, 409: REFUSED },
      handle: (asked) => erase(asked as Asked<{ reason: string }>, desk),
    },
  ];
}

async function resolve(asked: Asked<ResolveBody>, desk: Desk): Promise<Told> {
  const { effect, reason, evidence } = asked.body;
  const by = asked.caller!.name;
  const found = await find(asked.params["run"]!, desk);
  if (evidence !== undefined) {
    const command = commandOf(asked.body, `by ${by}: ${reason} [${evidence}]`, found, desk);
    return await carryOut("resolve", found, command, asked, desk);
  }
  const command = commandOf(asked.body, `by ${by}: ${reason}`, found, desk);
  rehearse(found, command, desk);
  const { proposals, options } = desk;
  const waiting = proposals.of(found.row.key);
  if (waiting !== null && waiting.by !== by) {
    const detail = `${waiting.by} has proposed something about this run. Approve it, or let it expire.`;
    throw new AdminProblem("approval_pending", detail, { proposal: toldProposal(waiting) });
  }
  const proposal = proposals.add({ run: found.row.key, by, effect, reason, command });
  if (proposal === null) throw new AdminProblem("too_many_proposals", "Approve or let expire what waits already.");
  options.acted({ act: "propose", by, run: found.row.key, result: "proposed" });
  return { status: 202, body: { result: "proposed", key: shown(found, asked.caller, desk) } };
}

async function approve(asked: Asked<{ proposal: string }>, desk: Desk): Promise<Told> {
  const found = await find(asked.params["run"]!, desk);
  const proposal = desk.proposals.of(found.row.key);
  if (proposal === null || proposal.id !== asked.body.proposal) {
    const detail =
      "The proposal has expired, was replaced, or was forgotten by a restart: proposals are kept in memory. Look at the run, and propose again.";
    throw new AdminProblem("proposal_unknown", detail);
  }
  if (proposal.by === asked.caller!.name) {
    throw new AdminProblem("same_person", `${proposal.by} proposed this, and cannot approve it too.`);
  }
  const note = `${proposal.command.note}, approved by ${asked.caller!.name}`;
  try {
    const told = await carryOut("approve", found, { ...proposal.command, note }, asked, desk);
    desk.proposals.remove(proposal);
    return told;
  } catch (error) {
    if (!(error instanceof AdminProblem && (error.code === "unsettled" || error.code === "looked_too_early")))
      throw error;
    // The look does not get younger by waiting: this proposal must not stand in the way of a new one.
    desk.proposals.remove(proposal);
    throw lookedTooEarly();
  }
}

async function erase(asked: Asked<{ reason: string }>, desk: Desk): Promise<Told> {
  const { engine, forget, acted, now } = desk.options;
  const { row, record } = await find(asked.params["run"]!, desk);
  const by = asked.caller!.name;
  const command = { kind: "erase", note: `by ${by}: ${asked.body.reason}` } as const;
  throwIfRefused(await orUnavailable(() => engine.resolve(row.key, record.route, command)), now());
  forget(row.key);
  acted({ act: "erase", by, run: row.key, result: "erased" });
  const found = await find(row.key, desk);
  return { status: 200, body: { result: "erased", key: shown(found, asked.caller, desk) } };
}

async function carryOut(
  act: "resolve" | "approve",
  found: Found,
  command: Resolve,
  { caller }: Asked,
  desk: Desk,
): Promise<Told> {
  const settled = await settle(found, command, desk);
  desk.options.acted({ act, by: caller!.name, run: found.row.key, result: settled.result });
  return { status: 200, body: { result: settled.result, key: shown(settled.found, caller, desk) } };
}

function commandOf(body: ResolveBody, note: string, { record }: Found, { options }: Desk): Resolve {
  if (!body.effect) {
    // Whoever says so has looked by now; an approval may come an hour later, and says nothing about what was sent meanwhile.
    const resolution = { kind: "noEffect", lookedAt: options.now() } as const;
    if (body.answer === undefined) return { kind: "resolve", resolution, note, identity: null };
    throw new AdminProblem(
      "answer_invalid",
      "What took no effect has no answer: the next retry runs, and gets its own.",
    );
  }
  const route = options.routes.find(({ id }) => id === record.route) ?? options.routes[0]!;
  const { outcome, answer } = operatorOutcome(body.answer ?? null, route.limits);
  const part = answer === null ? null : { clear: answer };
  return { kind: "resolve", resolution: { kind: "effect", outcome, answer: part }, note, identity: null };
}
