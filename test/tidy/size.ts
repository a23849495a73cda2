import { type Check, isCode } from "./check.ts";
import { lineAt, nodesOf } from "./syntax.ts";

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

export const fileSize: Check = {
  name: `a file has at most ${FILE_LINES_MAX} lines`,
  reads: isCode,
  complaints: ({ text }) => {
    const lines = text.trimEnd().split("\n").length;
    return lines > FILE_LINES_MAX ? [`${FILE_LINES_MAX + 1}: ${lines} lines`] : [];
  },
};

export const functionSize: Check = {
  name: `a function has at most ${FUNCTION_LINES_MAX} lines`,
  reads: isCode,
  complaints: (source) =>
    nodesOf(source)
      .filter(({ node, parent }) => FUNCTIONS.has(node.type) && !isSuite(parent))
      .map(({ node }) => ({ from: lineAt(source.text, node.start), to: lineAt(source.text, node.end) }))
      .filter(({ from, to }) => to - from + 1 > FUNCTION_LINES_MAX)
      .map(({ from, to }) => `${from}: ${to - from + 1} lines`),
};

/** The callback of `describe` is a chapter of tests, and each test is a function of its own. */
function isSuite(parent: { type: string } | null): boolean {
  const call = parent as { type: string; callee?: { type: string; name?: string } } | null;
  return call?.type === "CallExpression" && ["describe", "suite"].includes(call.callee?.name ?? "");
}
