/** Longer than any deadline that a demo sets; a typo in milliseconds must not hold a connection for a day. */
const SLOW_MS_MAX = 10 * 60 * 1000;

export type Ending =
  | Readonly<{ kind: "answer" | "drop-before" | "drop-after" | "half" }>
  | Readonly<{ kind: "status" | "status-after"; status: number }>;

export type Fault = Readonly<{ slowMs: number; slowAfterMs: number; ending: Ending }>;

export const noFault: Fault = { slowMs: 0, slowAfterMs: 0, ending: { kind: "answer" } };

export type ParsedFault = Readonly<{ ok: true; fault: Fault }> | Readonly<{ ok: false; problem: string }>;

/** Reads `slow=200, drop-after`: any number of delays, and one ending at most. */
export function parseFault(text: string): ParsedFault {
  let fault = noFault;
  for (const part of text.split(",").map((piece) => piece.trim())) {
    const change = parsePart(part);
    if (change === null) return { ok: false, problem: `unknown fault "${part}"` };
    if (change.ending && fault.ending.kind !== "answer") {
      return { ok: false, problem: `"${part}" and ${fault.ending.kind} cannot both end one request` };
    }
    fault = { ...fault, ...change };
  }
  return { ok: true, fault };
}

function parsePart(part: string): Partial<Fault> | null {
  const [name, digits] = part.split("=", 2);
  if (digits === undefined) {
    return name === "drop-before" || name === "drop-after" || name === "half" ? { ending: { kind: name } } : null;
  }
  if (!/^\d{1,9}$/.test(digits)) return null;
  const value = Number(digits);
  switch (name) {
    case "slow":
      return value <= SLOW_MS_MAX ? { slowMs: value } : null;
    case "slow-after":
      return value <= SLOW_MS_MAX ? { slowAfterMs: value } : null;
    case "status":
    case "status-after":
      return value >= 400 && value <= 599 ? { ending: { kind: name, status: value } } : null;
    default:
      return null;
  }
}
