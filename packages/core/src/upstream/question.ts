import { parsePointer, placeAt } from "./pointer.ts";
import { fill, UPSTREAM_KEY } from "./template.ts";

/** A part of the upstream's answer, under a status, that proves something by being there or by not being there. */
export type Proof = Readonly<{ status: number; sign: "present" | "absent"; pointer: string }>;

/** A question as an operator declares it. Pointers are JSON pointers, checked before they come here. */
export type QuestionPlan = Readonly<{
  /** Path and query of the GET, with `{upstreamKey}` and the names of `vars` as places. */
  get: string;
  /** Name to pointer into the body of the request that is asked about. */
  vars: Readonly<{ [name: string]: string }>;
  headers: Readonly<{ [name: string]: string }>;
  effect: Proof;
  noEffect: Proof;
  /** What every retry gets; null: it is completed as not retained. */
  answer: Readonly<{ status: number; pointer: string }> | null;
}>;

export type QuestionAnswer = Readonly<{ status: number; contentType: string; body: Uint8Array }>;

export type QuestionReading =
  | Readonly<{ kind: "yes"; answer: QuestionAnswer | null }>
  | Readonly<{ kind: "no" }>
  | Readonly<{ kind: "unknown"; note: string }>;

/** How an upstream is asked about a key. */
export type CompiledQuestion = Readonly<{
  vars: readonly Readonly<{ name: string; pointer: string }>[];
  /** null: a value is missing. */
  target: (upstreamKey: string, vars: Readonly<{ [name: string]: string }>) => string | null;
  /** Name and value in turn. */
  headers: readonly string[];
  read: (status: number, body: Uint8Array) => QuestionReading;
}>;

export function question(plan: QuestionPlan): CompiledQuestion {
  const names = Object.keys(plan.vars);
  const isEffect = proves(plan.effect);
  const isNoEffect = proves(plan.noEffect);
  return {
    vars: names.map((name) => ({ name, pointer: plan.vars[name]! })),
    target: (upstreamKey, vars) => {
      const brought = names.filter((name) => Object.hasOwn(vars, name)).map((name) => [name, vars[name]!] as const);
      return fill(plan.get, new Map([...brought, [UPSTREAM_KEY, upstreamKey] as const]));
    },
    headers: Object.entries(plan.headers).flat(),
    read: (status, body) => {
      const text = decode(body);
      const document = parse(text);
      if (document === null) return { kind: "unknown", note: `the answer (${status}) is not JSON` };
      const yes = isEffect(status, document.value);
      const no = isNoEffect(status, document.value);
      if (yes === no) return { kind: "unknown", note: undecided(status, yes) };
      return yes ? { kind: "yes", answer: answerOf(plan.answer, text) } : { kind: "no" };
    },
  };
}

/** A null proves neither: it may stand for "none" or for "not known yet". */
function proves({ status, sign, pointer }: Proof): (status: number, document: unknown) => boolean {
  const steps = stepsOf(pointer);
  return (answered, document) => {
    if (answered !== status) return false;
    const place = placeAt(document, steps);
    return sign === "absent" ? place.kind === "absent" : place.kind === "found" && place.value !== null;
  };
}

function undecided(status: number, both: boolean): string {
  return both
    ? `the answer (${status}) proves both the effect and that there was none`
    : `the answer (${status}) proves neither an effect nor that there was none`;
}

/** The effect is proved even where its answer cannot be taken from the proof: then none is kept. */
function answerOf(plan: QuestionPlan["answer"], text: string): QuestionAnswer | null {
  if (plan === null) return null;
  const place = placeAt(JSON.parse(text, keepNumber), stepsOf(plan.pointer));
  if (place.kind !== "found") return null;
  const body = new TextEncoder().encode(JSON.stringify(place.value));
  return { status: plan.status, contentType: "application/json", body };
}

/** ES2025, not in the types of ES2024 yet. */
const { rawJSON } = JSON as typeof JSON & { rawJSON: (text: string) => unknown };

/** A number keeps its digits: ids of 64 bits, and amounts such as 1.50, would otherwise come back as others. */
function keepNumber(_: string, value: unknown, context?: Readonly<{ source?: string }>): unknown {
  return typeof value === "number" && context?.source !== undefined ? rawJSON(context.source) : value;
}

function stepsOf(pointer: string): readonly string[] {
  const steps = parsePointer(pointer);
  if (steps === null) throw new RangeError(`${pointer} is not a JSON pointer`);
  return steps;
}

function decode(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    return "";
  }
}

function parse(text: string): Readonly<{ value: unknown }> | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}
