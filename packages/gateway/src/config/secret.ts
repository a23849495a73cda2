import { dirname, isAbsolute, resolve } from "node:path";
import type { Path } from "./document.ts";
import type { Reading } from "./reading.ts";

const REFERENCE = /\$\{(env|file):([^{}]*)\}/g;
const WHOLE = /^\$\{(?:env|file):[^{}]*\}$/;

/** Headers that name a credential. Others, such as a version, may be written out. */
const CREDENTIAL = /auth|cookie|key|token|secret|password|signature/i;

/** The bytes of a secret; null: refused. Line breaks at the end of a file are not part of it. */
export function secretBytes(reading: Reading, path: Path, text: string): Uint8Array | null {
  if (!WHOLE.test(text)) {
    reading.refuse(path, `is written out, and a secret must not be: say \${env:NAME} or \${file:PATH}`);
    return null;
  }
  const [, from, name] = [...text.matchAll(REFERENCE)][0]!;
  return from === "env" ? fromEnvironment(reading, path, name!) : fromFile(reading, path, name!);
}

/** The text of a secret: one line of visible ASCII, as headers carry it. */
export function secretText(reading: Reading, path: Path, text: string): string | null {
  const bytes = secretBytes(reading, path, text);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

/** A header's value with its references replaced, `Bearer ${env:TOKEN}`; null: refused. */
export function headerText(reading: Reading, path: Path, name: string, text: string): string | null {
  const references = [...text.matchAll(REFERENCE)].map(([reference]) => reference);
  if (references.length === 0 && CREDENTIAL.test(name)) return secretText(reading, path, text);
  let value = text;
  for (const reference of references) {
    const secret = secretText(reading, path, reference);
    if (secret === null) return null;
    value = value.replace(reference, () => secret);
  }
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value;
  reading.refuse(path, "has a character that no header may carry, such as a line break");
  return null;
}

/**
 * An address whose password, or all of which, may stand elsewhere: `postgres://semel:${env:PASSWORD}@db/semel`. null: refused.
 * What is referred to in the middle of it is written as an address needs it.
 */
export function urlText(reading: Reading, path: Path, text: string): string | null {
  if (/^[a-z]+:\/\/[^/@?#:]*:[^/@?#]+@/.test(text.replace(REFERENCE, ""))) {
    reading.refuse(
      path,
      `has a password written out, and a secret must not be: say \${env:NAME} or \${file:PATH} instead of it`,
    );
    return null;
  }
  if (WHOLE.test(text)) return secretText(reading, path, text);
  let value = text;
  for (const [reference] of text.matchAll(REFERENCE)) {
    const secret = secretText(reading, path, reference);
    if (secret === null) return null;
    value = value.replace(reference, () => encodeURIComponent(secret));
  }
  return value;
}

/** Everything else is read as it stands: a reference there would be taken literally. */
export function refuseStrayReferences(reading: Reading): void {
  visit(reading, reading.source.value, []);
}

const MAY_REFER = [
  /^store$/,
  /^cache$/,
  /^secrets\./,
  /^admin\.tokens\.\d+\.secret$/,
  /^upstreams\.[^.]+\.recover\.ask\.headers\./,
];

function visit(reading: Reading, value: unknown, path: Path): void {
  if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      visit(reading, inner, [...path, Array.isArray(value) ? Number(name) : name]);
    }
  } else if (typeof value === "string" && value.includes("${") && !MAY_REFER.some((it) => it.test(path.join(".")))) {
    reading.refuse(
      path,
      `has a \${…}, and only secrets, store, cache and the headers of a question may refer to something outside`,
    );
  }
}

/** An absolute path: relative ones begin at the folder of the configuration. */
export function pathOf(reading: Reading, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(reading.source.file), path);
}

function fromEnvironment(reading: Reading, path: Path, name: string): Uint8Array | null {
  const value = reading.outside.env[name];
  if (value !== undefined && value !== "") return new TextEncoder().encode(value);
  const state = value === undefined ? "is not set" : "is empty";
  reading.refuse(path, `refers to the environment variable ${name}, which ${state}. Set it before the start`);
  return null;
}

function fromFile(reading: Reading, path: Path, name: string): Uint8Array | null {
  const file = pathOf(reading, name);
  const bytes = readOutside(reading, path, file);
  if (bytes === null) return null;
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end--;
  if (end > 0) return bytes.subarray(0, end);
  reading.refuse(path, `refers to ${file}, which is empty`);
  return null;
}

/** A file's bytes; null: it cannot be read, and that is said. */
export function readOutside(reading: Reading, path: Path, file: string): Uint8Array | null {
  try {
    return reading.outside.readSecret(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    reading.refuse(path, `refers to ${file}, which cannot be read (${code}). ${unreadableAdvice(code)}`);
    return null;
  }
}

/** What to do about a file that cannot be read, by the code of its error. */
export function unreadableAdvice(code: string): string {
  if (code === "EACCES" || code === "EPERM") return "Let this process read it, or correct the path";
  return code === "EISDIR" ? "It is a folder: give the path of a file" : "Create it, or correct the path";
}
