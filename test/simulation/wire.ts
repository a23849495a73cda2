import type { Forward, Forwarded, Forwarding } from "@semel/gateway/flow";
import { type Bank, type BankAnswer, IN_FRONT, type Order } from "./bank.ts";
import type { Chance } from "./chance.ts";
import type { Fault, Faults } from "./faults.ts";
import type { Process } from "./machine.ts";
import { DOC_BYTES_MAX_SMALL, type Plan } from "./plan.ts";
import type { Timeline } from "./timeline.ts";

const CONNECT_SLOW_MS_MAX = 3_000;
const text = new TextDecoder();
const bytes = new TextEncoder();

export type WireParts = Readonly<{
  process: Process;
  bank: Bank;
  plan: Plan;
  timeline: Timeline;
  chance: Chance;
  faults: Faults;
  /** The first byte of a payment has left. */
  onSent: (order: Order) => void;
  /** A whole answer of the operation itself has come. */
  onAnswered: (order: Order, status: number) => void;
}>;

/** A process's sockets to the upstream. What left may arrive later, or never, and whoever sent it may be dead by then. */
export function wire(parts: WireParts): Forward {
  return async (_, request) => {
    const { process, chance, plan } = parts;
    const strikes = (fault: Fault): boolean => parts.faults.strikes(fault, chance);
    const way = (): number => chance.skewed(0, plan.delays.upstream);
    if (strikes("connectRefused")) return await later(process, way(), { kind: "unsent", note: "refused" });
    const slowMs = plan.edgy ? request.startWithinMs * chance.nearlyOne() : chance.between(0, CONNECT_SLOW_MS_MAX);
    const connectMs = way() + (strikes("connectSlow") ? slowMs : 0);
    if (connectMs > request.startWithinMs) {
      return await later(process, request.startWithinMs, { kind: "unsent", note: "no connection in time" });
    }
    await later(process, connectMs, null);
    if (!request.mayStart()) return { kind: "unsent", note: "too late" };
    return await (request.method === "GET" ? question(request, parts) : payment(request, parts));
  };
}

/** From the first byte on. The socket is gone after the deadline; what it carried lands by the end of the settlement time. */
function payment(request: Forwarding, parts: WireParts): Promise<Forwarded> {
  const { process, bank, plan, timeline, chance, onSent, onAnswered } = parts;
  const strikes = (fault: Fault): boolean => parts.faults.strikes(fault, chance);
  const order = {
    ...orderOf(request),
    refusedWith: strikes("inFront") ? chance.pick(IN_FRONT) : null,
  };
  onSent(order);
  const sentAt = timeline.now;
  const quietAt = sentAt + request.deadlineMs + bank.settleMs;
  const lost = strikes("resetBeforeEffect");
  const late = !lost && strikes("lateLanding");
  const lateness = plan.edgy ? chance.nearlyOne() : chance.fraction();
  const arriveMs = late ? lateness * (quietAt - sentAt) : chance.skewed(0, plan.delays.upstream);
  const cut = strikes("resetAfterEffect") ? "reset" : strikes("halfAnswer") ? "half" : null;
  const slow = strikes("upstreamTimeout");
  const size = strikes("largeAnswer") ? chance.pick(["overCap", "overDoc"] as const) : "usual";
  return process.call<Forwarded>("answer", (answer) => {
    let isOver = false;
    const ends = (ms: number, forwarded: Forwarded): void =>
      answer(ms, () => {
        isOver = true;
        return forwarded;
      });
    const broken = (ms: number, note: string): void => ends(ms, { kind: "broken", note });
    ends(request.deadlineMs, { kind: "timeout", note: "deadline" });
    if (lost) return broken(chance.skewed(0, plan.delays.upstream), "reset");
    if (late && chance.happens(0.5)) broken(chance.skewed(0, plan.delays.upstream), "reset");
    const arrive = (): void =>
      bank.receive(order, quietAt, (said) => {
        const backMs = chance.skewed(0, plan.delays.upstream);
        if (cut !== null) return broken(backMs, cut);
        if (slow) return;
        answer(backMs, () => {
          if (!isOver) onAnswered(order, said.status);
          return answered(said, size);
        });
      });
    timeline.after(Math.min(arriveMs, quietAt - sentAt), "order lands", arrive);
    if (strikes("duplicatedDelivery")) {
      const again = chance.fraction() * (quietAt - sentAt);
      timeline.after(again, "order lands again", () => {
        // A copy that comes once the key is forgotten is one payment too many, and nobody in front can help it.
        if (bank.remembers(order)) bank.receive(order, quietAt, () => {});
      });
    }
  });
}

function question(request: Forwarding, parts: WireParts): Promise<Forwarded> {
  const { process, bank, plan, timeline, chance, faults } = parts;
  const key = decodeURIComponent(request.target.slice(request.target.indexOf("=") + 1));
  return process.call<Forwarded>("said", (answer) => {
    answer(request.deadlineMs, () => ({ kind: "timeout", note: "deadline" }));
    if (faults.strikes("resetAfterEffect", chance)) {
      answer(chance.skewed(0, plan.delays.upstream), () => ({ kind: "broken", note: "reset" }));
      return;
    }
    timeline.after(chance.skewed(0, plan.delays.upstream), "question lands", () => {
      const found = bank.find(key);
      const body = JSON.stringify(found === null ? { none: true } : { payment: JSON.parse(found.answer.body) });
      const said = { status: 200, headers: ["Content-Type", "application/json"], body };
      const slowMs = faults.strikes("slowQuestion", chance) ? chance.fraction() * request.deadlineMs : 0;
      answer(chance.skewed(0, plan.delays.upstream) + slowMs, () => answered(said, "usual"));
    });
  });
}

/** `overCap`: more than the route keeps. `overDoc`: more than a small store takes, and padded to be so. */
function answered({ status, headers, body }: BankAnswer, size: "usual" | "overCap" | "overDoc"): Forwarded {
  const whole = size === "overDoc" ? body.padEnd(DOC_BYTES_MAX_SMALL) : body;
  const framed = [...headers, "Content-Length", String(whole.length)];
  const rest = size === "overCap" ? nothingMore() : null;
  return { kind: "answered", status, headers: framed, body: bytes.encode(whole), rest };
}

async function* nothingMore(): AsyncGenerator<Uint8Array> {}

function orderOf({ headers, body }: Forwarding): Omit<Order, "refusedWith"> {
  const find = (name: string): string | null => {
    const at = headers.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name);
    return at === -1 ? null : headers[at + 1]!;
  };
  const upstreamKey = find("idempotency-key");
  return { upstreamKey, intent: find("x-intent") ?? "", request: find("x-request") ?? "", body: text.decode(body) };
}

function later<T>(process: Process, ms: number, value: T): Promise<T> {
  return process.call("connection", (answer) => answer(ms, () => value));
}
