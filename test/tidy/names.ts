import { basename } from "node:path";
import { type Check, isCode } from "./check.ts";
import { lineAt, nodesOf, type Seen } from "./syntax.ts";

/** They say that a thing exists, not what it is. */
const EMPTY_WORDS = ["Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Impl"];
const LAST = new RegExp(`[a-z0-9](${EMPTY_WORDS.join("|")})$`);
const FIRST = new RegExp(`^(${EMPTY_WORDS.join("|")})([A-Z]|$)`);
const FIRST_LOWER = /^(manager|helper|helpers|util|utils|impl)([A-Z]|$)/;
const IN_FILE = new RegExp(`(^|[-./])(${EMPTY_WORDS.join("|")})([-./]|$)`, "i");
const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

export const identifiers: Check = {
  name: "a name says what the thing is",
  reads: isCode,
  complaints: (source) =>
    nodesOf(source).flatMap((seen) => {
      const name = declaredName(seen);
      return name !== null && isEmpty(name) ? [`${lineAt(source.text, seen.node.start)}: ${name}`] : [];
    }),
};

export const fileNames: Check = {
  name: "files are kebab-case and say what they hold",
  reads: isCode,
  complaints: ({ path }) =>
    path.split("/").every((part) => KEBAB.test(part)) && !IN_FILE.test(path) ? [] : [`1: ${basename(path)}`],
};

function isEmpty(name: string): boolean {
  return LAST.test(name) || FIRST.test(name) || FIRST_LOWER.test(name);
}

/** The name that this node gives; names that come from elsewhere are not ours to choose. */
function declaredName({ node, parent }: Seen): string | null {
  if (node.type !== "Identifier" || parent === null) return null;
  const place = parent as unknown as {
    id?: unknown;
    key?: unknown;
    params?: unknown[];
    local?: unknown;
    imported?: unknown;
  };
  const isImport = parent.type.startsWith("Import");
  if (isImport) return null;
  const gives = place.id === node || place.params?.includes(node) || (place.key === node && parent.type !== "Property");
  return gives ? node.name : null;
}
