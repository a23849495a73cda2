import { type HeaderPairs, headerTuple } from "./header-pairs.ts";
import { parseParameters } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { tuple } from "./tuple.ts";

/** Most parts of a form. Evidence for a dispute has some twenty fields and files. */
export const PARTS_MAX: number = 128;

/** Longest head of a part: a field name, a file name of 255 characters in any encoding, a content type. */
export const PART_HEAD_BYTES_MAX: number = 4096;

/** The form without the boundary, which is random: its content type, and one run of bytes per part, in order. */
export type Form = Readonly<{ contentType: Uint8Array; parts: readonly Uint8Array[] }>;

const [CR, LF, DASH] = [0x0d, 0x0a, 0x2d];
const BOUNDARY = /^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/;
const FIELD = /^([\w!#$%&'*+\-.^`|~]+):([\t -~\x80-\xFF]*)$/;
const DISPOSITION = new Set(["name", "filename", "filename*"]);
const utf8 = new TextEncoder();

/** Reads a multipart/form-data body (RFC 7578). Strict: nothing before, between or after the parts. Throws Refusal. */
export function readForm(contentType: string, body: Uint8Array): Form {
  const type = parseParameters(contentType);
  if (type?.value !== "multipart/form-data") {
    throw new Refusal("This route compares forms. Send the content type multipart/form-data with its boundary.");
  }
  const { boundary, rest } = withoutBoundary(type.parameters);
  return { contentType: tuple([type.value, ...rest]), parts: readParts(body, utf8.encode(`\r\n--${boundary}`)) };
}

function withoutBoundary(parameters: ReadonlyMap<string, string>): { boundary: string; rest: string[] } {
  const boundary = parameters.get("boundary");
  if (boundary === undefined || !BOUNDARY.test(boundary)) {
    throw new Refusal(
      "The content type has no boundary of 1 to 70 characters (RFC 2046). Let your HTTP client make it.",
    );
  }
  const rest = [...parameters].filter(([name]) => name !== "boundary").sort(([a], [b]) => (a < b ? -1 : 1));
  return { boundary, rest: rest.flat() };
}

/** `delimiter` begins with the line break that the first one lacks, and that belongs to no part. */
function readParts(body: Uint8Array, delimiter: Uint8Array): Uint8Array[] {
  if (!standsAt(body, delimiter.subarray(2), 0)) throw new Refusal("The form does not begin with its boundary.");
  const parts: Uint8Array[] = [];
  let at = delimiter.length - 2;
  while (!isEnd(body, at)) {
    if (body[at] !== CR || body[at + 1] !== LF) throw new Refusal("A boundary of the form is not alone on its line.");
    const end = indexOf(body, delimiter, at + 2);
    if (end < 0) throw new Refusal("The form has no end: its last boundary is missing.");
    parts.push(readPart(body.subarray(at + 2, end)));
    if (parts.length > PARTS_MAX) throw new Refusal(`The form has more than ${PARTS_MAX} parts.`);
    at = end + delimiter.length;
  }
  return parts;
}

/** Two dashes after the boundary, and at most a line break. */
function isEnd(body: Uint8Array, at: number): boolean {
  if (body[at] !== DASH || body[at + 1] !== DASH) return false;
  const left = body.subarray(at + 2);
  if (left.length > 0 && !(left.length === 2 && left[0] === CR && left[1] === LF)) {
    throw new Refusal("Something follows the last boundary of the form.");
  }
  return true;
}

const HEAD_END: Uint8Array = utf8.encode("\r\n\r\n");

function readPart(part: Uint8Array): Uint8Array {
  const headEnd = indexOf(part.subarray(0, PART_HEAD_BYTES_MAX + HEAD_END.length), HEAD_END, 0);
  if (headEnd < 0) throw new Refusal(`A part of the form has no head of at most ${PART_HEAD_BYTES_MAX} bytes.`);
  const fields = readFields(part.subarray(0, headEnd));
  const [disposition, ...more] = fields.filter(([name]) => name === "content-disposition");
  const form = disposition === undefined ? null : parseParameters(disposition[1]);
  const names = form?.parameters ?? new Map<string, string>();
  const isForm = form?.value === "form-data" && names.has("name") && more.length === 0;
  if (!isForm || [...names.keys()].some((name) => !DISPOSITION.has(name))) {
    throw new Refusal("A part of the form has no Content-Disposition: form-data with a name (RFC 7578).");
  }
  const rest = fields.filter(([name]) => name !== "content-disposition");
  return tuple([headerTuple([...names]), headerTuple(rest), part.subarray(headEnd + HEAD_END.length)]);
}

/** Every field counts, not the content type alone: a transfer encoding changes what the bytes mean. */
function readFields(head: Uint8Array): HeaderPairs {
  const lines = String.fromCharCode(...head).split("\r\n");
  return lines.map((line) => {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Refusal("A part of the form has a malformed head.");
    return [name.toLowerCase(), value.trim()];
  });
}

/** A delimiter holds line breaks at its ends only, so that no byte is compared more than twice. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CR, from); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (standsAt(bytes, wanted, at)) return at;
  }
  return -1;
}

function standsAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  return at + wanted.length <= bytes.length && wanted.every((byte, index) => bytes[at + index] === byte);
}
