import { readFileSync } from "node:fs";
import { UsageError } from "../command.ts";

/** As the admin API takes it. */
export type WrittenAnswer = Readonly<{
  status: number;
  headers: readonly (readonly [string, string])[];
  body: string;
}>;

const SHAPE =
  'is JSON such as { "status": 201, "headers": { "Content-Type": "application/json" }, "body": { "id": "pay_7" } }';

/** Reads the answer that every retry is to get. `body`: a text as it is, another JSON value as its JSON; or `bodyBase64`. */
export function readAnswer(path: string): WrittenAnswer {
  const { status, headers = {}, body, bodyBase64 } = parse(path) as { [member: string]: unknown };
  if (typeof status !== "number" || typeof headers !== "object" || headers === null) throw wrong(path, SHAPE);
  const pairs = Object.entries(headers);
  if (pairs.some(([, value]) => typeof value !== "string")) throw wrong(path, "has a header whose value is not a text");
  return { status, headers: pairs as [string, string][], body: bodyOf(path, body, bodyBase64) };
}

function bodyOf(path: string, body: unknown, bodyBase64: unknown): string {
  if (typeof bodyBase64 === "string" && body === undefined) return bodyBase64;
  if (bodyBase64 !== undefined || body === undefined) throw wrong(path, "needs one of `body` and `bodyBase64`");
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body)).toString("base64");
}

function parse(path: string): object {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw wrong(path, "cannot be read");
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Said below: both are no answer.
  }
  throw wrong(path, SHAPE);
}

function wrong(path: string, why: string): UsageError {
  return new UsageError(`--answer ${path} ${why}`);
}
