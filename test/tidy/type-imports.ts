import { type Check, isCode } from "./check.ts";
import { lineAt, nodesOf } from "./syntax.ts";

/** The rules of import do not see an `import()` inside a type; at the top of the file they do. */
export const typeImports: Check = {
  name: "types are imported at the top of the file",
  reads: isCode,
  complaints: (source) =>
    nodesOf(source)
      .filter(({ node }) => node.type === "TSImportType")
      .map(({ node }) => `${lineAt(source.text, node.start)}: import in a type`),
};
