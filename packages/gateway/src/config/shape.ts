import type * as z from "zod";
import type { Path } from "./document.ts";
import type { ConfigFile } from "./file.ts";
import { suggestion } from "./nearest.ts";
import type { Reading } from "./reading.ts";
import { configFile, configSchema, type JsonSchema } from "./schema.ts";

/** What stands there is told to be recognised, not read: a file that is none of ours may be one long word. */
const SHOWN_MAX = 80;

/** The file's shape, checked; null: it is wrong, and the reading says where. */
export function checkShape(reading: Reading): ConfigFile | null {
  const result = configFile.safeParse(reading.source.value, { error: describe });
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(reading, issue);
  return null;
}

function report(reading: Reading, issue: z.core.$ZodIssue): void {
  const path = issue.path as Path;
  if (issue.code !== "unrecognized_keys") {
    reading.refuse(path, path.length === 0 ? `The file ${issue.message}` : issue.message);
    return;
  }
  const known = Object.keys(schemaAt(configSchema(), path)?.properties ?? {});
  for (const key of issue.keys) reading.refuse([...path, key], `is unknown: ${suggestion(key, known)}`);
}

/** What goes on where the name of the place ends. */
function describe(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined) return "is missing";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${article(issue.expected)}, and is ${shown(issue.input)}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}, and is ${shown(issue.input)}`
        : `must be one of ${issue.values.map(String).join(", ")}, and is ${shown(issue.input)}`;
    case "invalid_format":
      return `is ${shown(issue.input)}, and must be ${formOf(String(issue["pattern"]))}`;
    case "invalid_key":
      return `is no name that may stand here: ${issue.issues.map(({ message }) => message).join(", ")}`;
    case "too_small":
      return issue.origin === "number" ? `must be at least ${issue.minimum}` : "must not be empty";
    case "too_big":
      return issue.origin === "number" ? `must be at most ${issue.maximum}` : `has more than ${issue.maximum} entries`;
    default:
      return `is not valid (${issue.code})`;
  }
}

/** Patterns of the schema, in words. */
function formOf(pattern: string): string {
  if (pattern.includes("ms|s|m")) return "a time, such as 250ms, 30s, 15m, 24h or 30d";
  if (pattern.includes("KiB")) return "a size, such as 64KiB or 1MiB";
  if (pattern.includes("~[01]")) return 'a JSON pointer, such as /data/0 (or "" for the whole)';
  if (pattern.includes("[2-5]")) return "a status from 200 to 599";
  if (pattern.includes("{0,31}")) return "up to 32 letters, digits, - and _";
  if (pattern.includes("{0,63}")) return "up to 64 letters, digits and _";
  return "a header's name";
}

function article(type: string): string {
  return type === "array" ? "a list" : type === "object" || type === "record" ? "a mapping" : `a ${type}`;
}

function shown(value: unknown): string {
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = JSON.stringify(value).replaceAll(/\p{Cc}/gu, "?");
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}

/** The schema of a place, without unions: they describe themselves. */
function schemaAt(schema: JsonSchema, path: Path): JsonSchema | null {
  let place: JsonSchema | undefined = schema;
  for (const step of path) {
    const open: unknown = place?.additionalProperties;
    const named: JsonSchema | undefined = typeof step === "number" ? place?.items : place?.properties?.[step];
    place = named ?? (typeof open === "object" && open !== null ? (open as JsonSchema) : undefined);
  }
  return place ?? null;
}
