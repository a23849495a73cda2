import type { Source } from "../tidy/check.ts";
import { nodesOf } from "../tidy/syntax.ts";
import { placesOf } from "./links.ts";
import { pageOf } from "./markdown.ts";

const HEAD = "term, meaning, in code";

/** The glossary: sorted, each term once, and every code name is one that the packages' sources use. */
export function glossaryComplaints(glossary: string, names: ReadonlySet<string>): string[] {
  const table = pageOf(glossary).tables.find(({ head }) => head.join(", ") === HEAD);
  if (table === undefined) return ["1: there is no table of terms"];
  return table.rows.flatMap(({ cells: [term = "", , code = ""], line }, at) => {
    const before = table.rows[at - 1]?.cells[0] ?? "";
    const order = before.localeCompare(term, "en");
    return [
      ...(order < 0 ? [] : [`${line}: ${term} ${order === 0 ? "stands twice" : `stands after ${before}`}`]),
      ...[...code.matchAll(/`([^`]+)`/g)].flatMap(([, name]) =>
        names.has(name!) ? [] : [`${line}: nothing in the code is called ${name}`],
      ),
    ];
  });
}

/** Every name and every word in quotes of the packages' sources: states and commands are such words. */
export function namesInCode(repository: readonly Source[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const source of repository) {
    if (!/^packages\/.*\.ts$/.test(source.path) || /\.test\.ts$/.test(source.path)) continue;
    for (const { node } of nodesOf(source)) {
      if (node.type === "Identifier") names.add(node.name);
      else if (node.type === "Literal" && typeof node.value === "string") names.add(node.value);
    }
  }
  return names;
}

/** ARCHITECTURE.md: every path in code is a file or folder, in full or below the sources of a package. */
export function pathComplaints(architecture: string, repository: readonly Source[]): string[] {
  const places = placesOf(repository);
  const roots = ["", "packages/core/src/", "packages/gateway/src/", "packages/cli/src/"];
  return pageOf(architecture).codes.flatMap(({ text, line }) => {
    if (!/^[\w.{},*-]*\/[\w./{},*-]*$|\.ts$/.test(text)) return [];
    return spread(text).flatMap((path) => {
      const stem = path.replace(/\/\*?$/, "");
      return roots.some((root) => places.has(root + stem)) ? [] : [`${line}: there is no ${path}`];
    });
  });
}

/** `a/{b,c}` is `a/b` and `a/c`. */
function spread(path: string): string[] {
  const [all, choices] = /\{([^}]+)\}/.exec(path) ?? [];
  return all === undefined ? [path] : choices!.split(",").map((choice) => path.replace(all, choice));
}

/** Metrics that a page names are those that the gateway has. */
export function metricComplaints(page: string, names: ReadonlySet<string>): string[] {
  return pageOf(page).codes.flatMap(({ text, line }) =>
    /^semel_\w+$/.test(text) && !names.has(text) ? [`${line}: there is no metric ${text}`] : [],
  );
}

/** Response headers that the page for clients tells, and the words that one of them takes, are those of the code. */
export function headerComplaints(page: string, names: ReadonlySet<string>): string[] {
  const table = pageOf(page).tables.find(({ head }) => head.join(", ") === "header, when, value");
  if (table === undefined) return ["1: there is no table of headers"];
  return table.rows.flatMap(({ cells: [header = "", , value = ""], line }) =>
    [...`${header} ${value}`.matchAll(/`([^`]+)`/g)].flatMap(([, word]) =>
      names.has(word!) || word === "true" || word === "false" ? [] : [`${line}: nothing in the code says ${word}`],
    ),
  );
}
