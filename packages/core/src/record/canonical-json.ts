import { canonicalNumber } from "./canonical-number.ts";
import { Refusal, refusedOr } from "./refusal.ts";

export type CanonicalJson =
  | Readonly<{ kind: "canonical"; bytes: Uint8Array }>
  | Readonly<{ kind: "refused"; why: string }>;

/** Deepest nesting. Payment requests have 5 levels; more is generated to exhaust somebody's stack. */
export const JSON_DEPTH_MAX: number = 64;

const BYTE_ORDER_MARK = 0xfeff;
const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];
const LONE_SURROGATE = /\p{Surrogate}/u;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const BLANKS = /[ \t\n\r]*/y;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The body as canonical JSON (RFC 8785). Refused is whatever two readers could understand differently: doubled members,
 * integers that a double cannot hold, text that is not Unicode.
 */
export function canonicalJson(body: Uint8Array): CanonicalJson {
  return refusedOr(() => {
    const reader: Reader = { text: decode(body), at: 0 };
    if (reader.text.charCodeAt(0) === BYTE_ORDER_MARK) {
      throw new Refusal("The body begins with a byte order mark. Send JSON without one.");
    }
    const canonical = readValue(reader, 0);
    skipBlanks(reader);
    if (reader.at < reader.text.length) throw notJson(reader);
    return { kind: "canonical", bytes: utf8.encode(canonical) };
  });
}

type Reader = { readonly text: string; at: number };

function decode(body: Uint8Array): string {
  try {
    return strictUtf8.decode(body);
  } catch {
    throw new Refusal("The body is not UTF-8. Send JSON in UTF-8.");
  }
}

/** Reads one value and gives its canonical text. */
function readValue(reader: Reader, depth: number): string {
  if (depth > JSON_DEPTH_MAX) throw new Refusal(`The body is nested deeper than ${JSON_DEPTH_MAX} levels.`);
  skipBlanks(reader);
  switch (reader.text[reader.at]) {
    case "{":
      return readObject(reader, depth);
    case "[":
      return readArray(reader, depth);
    case '"':
      return readString(reader).canonical;
    case "t":
      return readWord(reader, "true");
    case "f":
      return readWord(reader, "false");
    case "n":
      return readWord(reader, "null");
    default:
      return readNumber(reader);
  }
}

function readObject(reader: Reader, depth: number): string {
  const members = new Map<string, string>();
  reader.at += 1;
  if (takes(reader, "}")) return "{}";
  do {
    skipBlanks(reader);
    if (reader.text[reader.at] !== '"') throw notJson(reader);
    const from = reader.at;
    const name = readString(reader);
    if (members.has(name.value)) {
      throw new Refusal(`The member at character ${from + 1} of the body stands twice in its object. Send it once.`);
    }
    if (!takes(reader, ":")) throw notJson(reader);
    members.set(name.value, `${name.canonical}:${readValue(reader, depth + 1)}`);
  } while (takes(reader, ","));
  if (!takes(reader, "}")) throw notJson(reader);
  const names = [...members.keys()].sort(); // by UTF-16 code units, as RFC 8785 demands
  return `{${names.map((name) => members.get(name)).join(",")}}`;
}

function readArray(reader: Reader, depth: number): string {
  const elements: string[] = [];
  reader.at += 1;
  if (takes(reader, "]")) return "[]";
  do elements.push(readValue(reader, depth + 1));
  while (takes(reader, ","));
  if (!takes(reader, "]")) throw notJson(reader);
  return `[${elements.join(",")}]`;
}

function readString(reader: Reader): { value: string; canonical: string } {
  const { text } = reader;
  const from = reader.at;
  let escapes = false;
  let at = from + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
    if (!(code >= SPACE)) throw notJson({ text, at }); // a control character, or the end
    if (code === BACKSLASH) escapes = true;
    at += code === BACKSLASH ? 2 : 1;
  }
  reader.at = at + 1;
  const raw = text.slice(from, reader.at);
  return escapes ? unescaped(raw, from) : { value: raw.slice(1, -1), canonical: raw };
}

function unescaped(raw: string, from: number): { value: string; canonical: string } {
  let value: string;
  try {
    value = JSON.parse(raw) as string;
  } catch {
    throw new Refusal(`The string at character ${from + 1} of the body has an escape that JSON does not know.`);
  }
  if (LONE_SURROGATE.test(value)) {
    throw new Refusal(`The string at character ${from + 1} of the body holds half of a surrogate pair.`);
  }
  return { value, canonical: JSON.stringify(value) };
}

function readWord(reader: Reader, word: string): string {
  if (!reader.text.startsWith(word, reader.at)) throw notJson(reader);
  reader.at += word.length;
  return word;
}

function readNumber(reader: Reader): string {
  NUMBER.lastIndex = reader.at;
  const token = NUMBER.exec(reader.text)?.[0];
  if (token === undefined) throw notJson(reader);
  reader.at += token.length;
  return canonicalNumber(token);
}

/** Skips blanks, and `mark` where it follows. */
function takes(reader: Reader, mark: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.at] !== mark) return false;
  reader.at += 1;
  return true;
}

function skipBlanks(reader: Reader): void {
  BLANKS.lastIndex = reader.at;
  BLANKS.test(reader.text);
  reader.at = BLANKS.lastIndex;
}

function notJson({ text, at }: Reader): Refusal {
  return new Refusal(
    at < text.length ? `The body is not JSON at character ${at + 1}.` : "The body ends in the middle of its JSON.",
  );
}
