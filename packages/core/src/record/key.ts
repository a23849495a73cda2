import { KEY_BYTES_MAX } from "./limits.ts";
import { parseStringItem } from "./structured-field.ts";

/** What a request says about its idempotency key. `why` tells the client what to do. */
export type ParsedKey =
  | Readonly<{ kind: "key"; key: string }>
  | Readonly<{ kind: "missing" }>
  | Readonly<{ kind: "malformed"; why: string }>;

const BARE = /^[!#-+\--:<-[\]-~]*$/;
const PRINTABLE = /^[ -~]*$/;

/**
 * The key in the field lines of a header. Either a structured-field String, as the IETF draft says, or a bare token, as
 * real clients send it: both forms of a key are one key.
 */
export function parseKey(lines: readonly string[], bytesMax: number = KEY_BYTES_MAX): ParsedKey {
  const [line] = lines;
  if (line === undefined) return { kind: "missing" };
  if (lines.length > 1) return malformed(`The request has ${lines.length} idempotency keys. Send exactly one.`);
  const value = withoutSpaces(line);
  if (value.startsWith('"')) {
    const key = parseStringItem(value);
    return key === null ? malformed(NOT_A_STRING) : withinLimit(key, bytesMax);
  }
  return BARE.test(value) ? withinLimit(value, bytesMax) : malformed(NOT_BARE);
}

/** The key that a member of a JSON body holds, taken as it is. */
export function parseKeyValue(text: string, bytesMax: number = KEY_BYTES_MAX): ParsedKey {
  return PRINTABLE.test(text) ? withinLimit(text, bytesMax) : malformed(NOT_PRINTABLE);
}

const NOT_A_STRING =
  "The idempotency key begins with a quote, but is not a structured-field String (RFC 9651). End it with a quote, put a " +
  "backslash before each quote and backslash inside it, use printable ASCII only, and send nothing after it.";
const NOT_BARE =
  "An idempotency key without quotes is made of visible ASCII characters other than quote, comma, semicolon and " +
  "backslash. Use a UUID, or put the key in quotes.";
const NOT_PRINTABLE = "The idempotency key holds a character outside printable ASCII. Use a UUID.";

/** Only ASCII gets here, so that characters are bytes. */
function withinLimit(key: string, bytesMax: number): ParsedKey {
  if (key.length === 0) return malformed("The idempotency key is empty. Use a UUID.");
  if (key.length <= bytesMax) return { kind: "key", key };
  return malformed(`The idempotency key has ${key.length} bytes. Send at most ${bytesMax}.`);
}

/** Linear, where a pattern for trailing spaces would not be. */
function withoutSpaces(line: string): string {
  let [from, to] = [0, line.length];
  while (line[from] === " ") from += 1;
  while (to > from && line[to - 1] === " ") to -= 1;
  return line.slice(from, to);
}

function malformed(why: string): ParsedKey {
  return { kind: "malformed", why };
}
