import { type Node, parseSync } from "oxc-parser";
import type { Source } from "./check.ts";

export type Seen = { node: Node; parent: Node | null };

/** Every node of a file, each with the one around it, outermost first. */
export function nodesOf({ path, text }: Source): Seen[] {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new Error(`${path} does not parse: ${errors[0].message}`);
  const seen: Seen[] = [];
  visit(program, null, seen);
  return seen;
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function visit(value: unknown, parent: Node | null, seen: Seen[]): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, parent, seen);
  } else if (isNode(value)) {
    seen.push({ node: value, parent });
    for (const child of Object.values(value)) visit(child, value, seen);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
