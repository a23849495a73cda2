import type { Source } from "../tidy/check.ts";
import { lineAt, nodesOf } from "../tidy/syntax.ts";

/** A regular expression of the code; `source` null: it is put together at run time, and nobody can say what it is. */
export type Expression = Readonly<{ place: string; source: string | null; flags: string }>;

type Value = { type: string; value?: unknown; regex?: { pattern: string; flags: string } };
type Node = Value & {
  callee?: { type: string; name?: string; property?: { name?: string } };
  arguments?: Value[];
  key?: { name?: string };
};
type Found = Omit<Expression, "place"> | null;

/** Methods of texts that make an expression of another text. */
const MAKERS = new Set(["match", "matchAll", "search"]);

/** Every expression of a file: literals, `RegExp(…)`, texts that become one, and the patterns of JSON schemas. */
export function expressionsOf(file: Source): Expression[] {
  return nodesOf(file).flatMap(({ node: seen }) => {
    const node = seen as unknown as Node;
    const found = literal(node) ?? call(node) ?? schema(node);
    return found === null ? [] : [{ ...found, place: `${file.path}:${lineAt(file.text, seen.start)}` }];
  });
}

function literal({ type, regex }: Node): Found {
  return type === "Literal" && regex !== undefined ? { source: regex.pattern, flags: regex.flags } : null;
}

function call({ type, callee, arguments: [pattern, flags] = [] }: Node): Found {
  if (type === "CallExpression" && MAKERS.has(callee?.property?.name ?? "") && typeof pattern?.value === "string") {
    return { source: pattern.value, flags: "" };
  }
  if ((type !== "NewExpression" && type !== "CallExpression") || callee?.name !== "RegExp") return null;
  // Where a literal is passed on it is found as one.
  if (pattern?.regex !== undefined) return null;
  const isKnown = [pattern, flags].every((each) => each === undefined || typeof each.value === "string");
  return { source: isKnown ? String(pattern?.value ?? "") : null, flags: isKnown ? String(flags?.value ?? "") : "" };
}

function schema({ type, key, value }: Node): Found {
  const text = value as Value | undefined;
  const isPattern = type === "Property" && key?.name === "pattern" && typeof text?.value === "string";
  // As the validator of schemas compiles them.
  return isPattern ? { source: String(text.value), flags: "u" } : null;
}
