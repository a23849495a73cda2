import type { KeyHead } from "./shapes.ts";
import { distance, printable } from "./text.ts";

/** What whoever looks at a run may do about it. */
export function advice(key: KeyHead, now: number): string[] {
  if (key.proposal !== null) return proposed(key, key.proposal, now);
  switch (key.state) {
    case "running":
      return [
        "A process holds this run and settles it by itself.",
        ...(key.leaseUntil === null ? [] : [`Its lease ends ${distance(key.leaseUntil, now)}.`]),
      ];
    case "in-doubt":
      return inDoubt(key, now);
    case "completed":
      return completed(key, now);
    default:
      return key.suspect ? suspect(key, now) : ["Nothing had an effect. The next retry runs; there is nothing to do."];
  }
}

function inDoubt(key: KeyHead, now: number): string[] {
  const waits = key.quietAt !== null && Date.parse(key.quietAt) >= now;
  const until = waits ? `  (accepted ${distance(key.quietAt!, now)}, at ${key.quietAt})` : "";
  const by = typeof key.clientKey === "string" ? "by the client's key or by its own reference" : "by its reference";
  return [
    `Look the payment up at the upstream ${printable(key.upstream)}, ${by}.`,
    "It is there:",
    `  semel keys resolve ${key.run} --effect --reason WHY --evidence ITS_ID [--answer FILE]`,
    `It is not, and cannot come any more:${until}`,
    `  semel keys resolve ${key.run} --no-effect --reason WHY --evidence WHERE_YOU_LOOKED`,
    "Without --evidence a second operator has to approve.",
  ];
}

function completed(key: KeyHead, now: number): string[] {
  if (key.answer !== "kept") return ["Retries are told what became of it, and nothing runs. There is nothing to do."];
  const until =
    key.retainUntil === null ? "" : `; it is kept until ${key.retainUntil}, ${distance(key.retainUntil, now)}`;
  return [`Every retry gets this answer${until}. There is nothing to do.`];
}

function suspect(key: KeyHead, now: number): string[] {
  const next = key.asked.nextAt;
  const asks = next === null || Date.parse(next) < now ? "" : ` It asks again ${distance(next, now)}.`;
  return [
    `It may have taken effect, and Semel is finding out.${asks} Wait, or settle it as one in doubt:`,
    ...inDoubt(key, now).slice(1),
  ];
}

function proposed(key: KeyHead, proposal: NonNullable<KeyHead["proposal"]>, now: number): string[] {
  const { id, by, effect, reason, expiresAt, outcome } = proposal;
  const status = outcome === null ? "" : `, to be answered with status ${outcome.status}`;
  return [
    `${by} says that it ${effect ? "took effect" : "took no effect"}${status}: ${printable(reason)}`,
    `Another operator who agrees approves, until ${expiresAt}, ${distance(expiresAt, now)}:`,
    `  semel keys resolve ${key.run} --approve ${id}`,
    "A restart of the gateway forgets the proposal.",
  ];
}
