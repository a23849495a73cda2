import { canonicalJson } from "@semel/core/record";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value at a JSON pointer (RFC 6901) of a body; undefined where the body is not JSON or has nothing there. */
export function valueAt(body: Uint8Array, pointer: string): unknown {
  const value = parse(body);
  return value === undefined ? undefined : walk(value, pointer);
}

/**
 * The texts at JSON pointers of a body, as the upstream will find them again: strings, and numbers with the digits they
 * were sent with. Nothing of a body that two readers could take differently (duplicate members, unsafe integers).
 */
export function textsAt(body: Uint8Array, pointers: readonly string[]): (string | null)[] {
  const sound = pointers.length > 0 && canonicalJson(body).kind === "canonical";
  const value = sound ? parse(body, keepDigits) : undefined;
  return pointers.map((pointer) => {
    const found = value === undefined ? undefined : walk(value, pointer);
    if (found instanceof Digits) return found.text;
    return typeof found === "string" ? found : null;
  });
}

class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown;

const keepDigits: Reviver = (_, value, { source }) =>
  typeof value === "number" && source !== undefined ? new Digits(source) : value;

function parse(body: Uint8Array, reviver?: Reviver): unknown {
  try {
    return JSON.parse(utf8.decode(body), reviver as Parameters<typeof JSON.parse>[1]);
  } catch {
    return undefined;
  }
}

function walk(from: unknown, pointer: string): unknown {
  let value = from;
  for (const step of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null || value instanceof Digits) return undefined;
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value) ? !/^(?:0|[1-9]\d*)$/.test(name) : !Object.hasOwn(value, name)) return undefined;
    value = (value as { [name: string]: unknown })[name];
  }
  return value;
}
