import type { IncomingMessage, ServerResponse } from "node:http";
import { json, refusal } from "./answer.ts";
import { readBody } from "./body.ts";
import { deliver, type Pause, send } from "./deliver.ts";
import { execute, type Till } from "./execute.ts";
import type { Faults } from "./faults.ts";
import { type Lookup, lookUp } from "./lookup.ts";
import { type Operation, routeOf } from "./route.ts";

export type Desk = Till & Readonly<{ faults: Faults; askDelayMs: number; pause: Pause }>;

type Exchange = Readonly<{ desk: Desk; request: IncomingMessage; response: ServerResponse }>;

/** Resolves when the request is dealt with, which may be long after its client has gone. */
export async function serve(exchange: Exchange): Promise<void> {
  const { desk, request, response } = exchange;
  const receivedAt = desk.now();
  const route = routeOf(request.method ?? "", request.url ?? "");
  const body = await readBody(request);
  if (body.kind === "cut off") {
    response.destroy();
    return;
  }
  if (body.kind === "too large") {
    send(response, refusal(413, "body_too_large", "The body may have 1 MiB at most."));
    return;
  }
  switch (route.kind) {
    case "none":
      return send(response, route.answer);
    case "ledger":
      return send(response, json(200, desk.ledger.count()));
    case "effect":
      return serveEffect(exchange, { operation: route.operation, body: body.bytes, receivedAt });
    default:
      return serveLookup(exchange, route);
  }
}

async function serveEffect(
  { desk, request, response }: Exchange,
  { operation, body, receivedAt }: { operation: Operation; body: Buffer; receivedAt: number },
): Promise<void> {
  const chosen = desk.faults.choose("effect", faultHeader(request));
  if (!chosen.ok) return send(response, badFault(chosen.problem));
  const { fault } = chosen;
  const order = { operation, body, key: keyOf(request), receivedAt };
  const work = () => execute(desk, order, () => desk.pause(fault.slowMs));
  await deliver(response, { fault, pause: desk.pause, work });
}

async function serveLookup({ desk, request, response }: Exchange, lookup: Lookup): Promise<void> {
  const chosen = desk.faults.choose("ask", faultHeader(request));
  if (!chosen.ok) return send(response, badFault(chosen.problem));
  const { fault } = chosen;
  const work = async () => {
    await desk.pause(fault.slowMs);
    return lookUp(desk.ledger, lookup, ({ at }) => desk.now() >= at + desk.askDelayMs);
  };
  await deliver(response, { fault, pause: desk.pause, work });
}

/** The field value as it came, quotes and all: what was sent as `"k"` is asked for as `"k"`. */
function keyOf(request: IncomingMessage): string | null {
  return request.headers["idempotency-key"]?.toString() || null;
}

function faultHeader(request: IncomingMessage): string | undefined {
  return request.headers["bank-fault"]?.toString();
}

function badFault(problem: string) {
  return refusal(400, "unknown_fault", `Bank-Fault: ${problem}.`);
}
