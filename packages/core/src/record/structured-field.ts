/**
 * Structured-field Items (RFC 9651) of type String, read with sticky patterns whose alternatives never overlap: each
 * character is looked at a bounded number of times, so that no field value takes more than linear time.
 */
const SPACES = / */y;
const STRING = /"(?:[ !#-[\]-~]|\\["\\])*"/y;
const PARAMETER_NAME = /; *[a-z*][a-z0-9_\-.*]*/y;

/** The types that the value of a parameter may have, each known by its first character. */
const INTEGER = /-?[0-9]{1,15}(?![0-9.])/y;
const DECIMAL = /-?[0-9]{1,12}\.[0-9]{1,3}(?![0-9])/y;
const TOKEN = /[A-Za-z*][:/!#$%&'*+\-.^_`|~A-Za-z0-9]*/y;
const BYTES = /:[A-Za-z0-9+/]*={0,2}:/y;
const BOOLEAN = /\?[01]/y;
const DATE = /@-?[0-9]{1,15}(?![0-9.])/y;
const DISPLAY_STRING = /%"(?:[ !#$&-~]|%[0-9a-f]{2})*"/y;
const REGULAR = [INTEGER, DECIMAL, STRING, TOKEN, BOOLEAN, DATE];

const NONE = -1;
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The value of the String item that `text` is, null where parsing fails. Parameters must parse, and mean nothing. */
export function parseStringItem(text: string): string | null {
  const from = skip(SPACES, text, 0);
  const to = skip(STRING, text, from);
  if (to === NONE) return null;
  let at = to;
  while (text[at] === ";") {
    at = skipParameter(text, at);
    if (at === NONE) return null;
  }
  if (skip(SPACES, text, at) !== text.length) return null;
  const inside = text.slice(from + 1, to - 1);
  return inside.includes("\\") ? inside.replace(/\\(.)/g, "$1") : inside;
}

/** Where the match of `pattern` at `at` ends, NONE where there is none. */
function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : NONE;
}

function skipParameter(text: string, at: number): number {
  const end = skip(PARAMETER_NAME, text, at);
  return text[end] === "=" ? skipBareItem(text, end + 1) : end;
}

function skipBareItem(text: string, at: number): number {
  for (const pattern of REGULAR) {
    const end = skip(pattern, text, at);
    if (end !== NONE) return end;
  }
  const bytes = skip(BYTES, text, at);
  if (bytes !== NONE) return isBase64(text.slice(at + 1, bytes - 1)) ? bytes : NONE;
  const display = skip(DISPLAY_STRING, text, at);
  return display !== NONE && isDisplayed(text.slice(at + 2, display - 1)) ? display : NONE;
}

/** Padding may be missing, as RFC 9651 advises; where there is some, it is right. */
function isBase64(text: string): boolean {
  return text.endsWith("=") ? text.length % 4 === 0 : text.length % 4 !== 1;
}

/** The bytes behind the escapes are UTF-8. */
function isDisplayed(text: string): boolean {
  const bytes = utf8.encode(text);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const escaped = text[at] === "%";
    bytes[length] = escaped ? Number.parseInt(text.slice(at + 1, at + 3), 16) : text.charCodeAt(at);
    if (escaped) at += 2;
    length += 1;
  }
  try {
    strictUtf8.decode(bytes.subarray(0, length));
    return true;
  } catch {
    return false;
  }
}
