import type { Check } from "./check.ts";
import { lineAt, nodesOf, type Seen } from "./syntax.ts";

/** Clocks, dice and the machine: whoever needs them is given them. */
const WORLD = new Set([
  "Date",
  "performance",
  "process",
  "crypto",
  "globalThis",
  "setTimeout",
  "setInterval",
  "queueMicrotask",
  "require",
]);

export const purity: Check = {
  name: "record is pure",
  reads: (path) => /^packages\/core\/src\/record\/.*\.ts$/.test(path) && !path.endsWith(".test.ts"),
  complaints: (source) =>
    nodesOf(source).flatMap((seen) => {
      const what = impurity(seen);
      return what === null ? [] : [`${lineAt(source.text, seen.node.start)}: ${what}`];
    }),
};

function impurity({ node, parent }: Seen): string | null {
  if (node.type === "Literal" && typeof node.value === "string" && node.value.startsWith("node:")) return node.value;
  if (node.type === "MemberExpression") return isRandom(node) ? "Math.random" : null;
  if (node.type !== "Identifier" || !WORLD.has(node.name) || parent === null) return null;
  const isMember = parent.type === "MemberExpression" && parent.property === node && !parent.computed;
  const isKey = "key" in parent && parent.key === node;
  return isMember || isKey ? null : node.name;
}

function isRandom(node: { object: { type: string }; property: { type: string } }): boolean {
  const { object, property } = node as { object: { name?: string }; property: { name?: string; value?: unknown } };
  return object.name === "Math" && (property.name === "random" || property.value === "random");
}
