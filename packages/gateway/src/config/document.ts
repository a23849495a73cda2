import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
} from "yaml";
import type { Fault } from "./fault.ts";

/** A place in the document: names of members and numbers of elements, from the top. */
export type Path = readonly (string | number)[];
export type Position = Readonly<{ line: number; column: number }>;

/** A YAML file as plain data, with the position of everything in it. */
export type SourceText = Readonly<{
  file: string;
  value: unknown;
  faults: readonly Fault[];
  at: (path: Path) => Position;
}>;

/** A real configuration has some KB; more is not one, or an attack by aliases. */
const CONFIG_BYTES_MAX = 1024 * 1024;
const ALIASES_MAX = 100;

/** Reads YAML 1.2. What is wrong with the text is in `faults`, and `value` counts only where there are none. */
export function readYaml(text: string, file: string): SourceText {
  const top = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > CONFIG_BYTES_MAX) {
    const message = `has more than ${CONFIG_BYTES_MAX} bytes: this is no configuration`;
    return { file, value: null, faults: [{ file, path: "", ...top, message }], at: () => top };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: "1.2", prettyErrors: false, stringKeys: true });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    file,
    path: "",
    ...positionOf(pos[0]),
    message: `is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
  }));
  if (faults.length > 0) return { file, value: null, faults, at: () => top };
  const at = (path: Path): Position => positionOf(offsetOf(document, path));
  try {
    return { file, value: document.toJS({ maxAliasCount: ALIASES_MAX }), faults, at };
  } catch (error) {
    const message = `is not YAML: ${(error as Error).message}`;
    return { file, value: null, faults: [{ file, path: "", ...top, message }], at: () => top };
  }
}

/** Where a reader looks: at a plain value, at the name of a block; for what is missing, at what it is missing from. */
function offsetOf(document: Document, path: Path): number {
  let node = document.contents as Node | null;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    const found = inner(isAlias(node) ? (node.resolve(document) ?? null) : node, step);
    if (found === null) return offset;
    node = found.node;
    const named = found.key?.range?.[0];
    offset = (isScalar(node) || named === undefined ? node?.range?.[0] : named) ?? named ?? offset;
  }
  return offset;
}

function inner(node: Node | null, step: string | number): Readonly<{ key: Node | null; node: Node | null }> | null {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return isNode(item) ? { key: null, node: item } : null;
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step)) as
    | Pair<Node, Node | null>
    | undefined;
  return pair === undefined ? null : { key: pair.key, node: pair.value };
}

/** `routes[0].deadline`. */
export function pathText(path: Path): string {
  return path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("");
}
