import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Check, Source } from "../tidy/check.ts";
import { isPage, placesOf } from "./links.ts";
import { pageOf } from "./markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Each command of `semel` and what its help says. */
export type Commands = ReadonlyMap<string, string>;

/** The command table, as the command itself shows it. */
export function semelCommands(): Commands {
  const names = [...semel("help").matchAll(/^ {2}semel (\w+)/gm)].map(([, name]) => name!);
  return new Map(names.map((name) => [name, semel(name, "--help")]));
}

function semel(...args: string[]): string {
  const main = join(ROOT, "packages/cli/src/main.ts");
  return execFileSync(process.execPath, ["-C", "semel-source", main, ...args], { encoding: "utf8" });
}

/** `semel …` in code: the command is there, its help names every option, and the word of `semel keys` too. */
export function semelMentions(commands: Commands): Check {
  return {
    name: "every semel command and option exists",
    reads: isPage,
    complaints: ({ text }) =>
      commandLines(text).flatMap(({ text: code, line }) =>
        [...code.matchAll(/\bsemel ([a-z]+)\b([^\n|&;#]*)/g)].flatMap(([, name, rest]) =>
          unknownIn(name!, rest!, commands).map((what) => `${line}: ${what}`),
        ),
      ),
  };
}

function unknownIn(name: string, rest: string, commands: Commands): string[] {
  const help = commands.get(name);
  if (help === undefined) return [`semel ${name}`];
  const unknown = [...rest.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)]
    .map(([option]) => option)
    .filter((option) => option !== "--help" && !new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(help));
  const word = /^ ([a-z]+)\b/.exec(rest)?.[1];
  if (name === "keys" && word !== undefined && !help.includes(`semel keys ${word} `)) unknown.unshift(word);
  return unknown.map((what) => `semel ${name} has no ${what}`);
}

/** `npm run …`, `npm start` and `npm test` in code are scripts of the repository. */
export function npmMentions(repository: readonly Source[]): Check {
  const manifest = repository.find(({ path }) => path === "package.json");
  const { scripts } = JSON.parse(manifest?.text ?? "{}") as { scripts: { [name: string]: string } };
  return {
    name: "every npm script exists",
    reads: isPage,
    complaints: ({ text }) =>
      commandLines(text).flatMap(({ text: code, line }) =>
        [...code.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].flatMap(([, named, short]) =>
          (named ?? short)! in scripts ? [] : [`${line}: npm has no script ${named ?? short}`],
        ),
      ),
  };
}

/** npm links no command whose file is missing, so installing has to build it and link it again. */
export function prepareComplaints(manifest: string, command: string): string[] {
  const { scripts = {} } = JSON.parse(manifest) as { scripts?: { [name: string]: string } };
  const { name, bin = {} } = JSON.parse(command) as { name: string; bin?: { [name: string]: string } };
  const steps = (scripts["prepare"] ?? "").split(" && ");
  const built = steps.indexOf("npm run build");
  const linked = steps.findIndex((step) => step.startsWith(`npm rebuild ${name} `));
  return [
    ...("semel" in bin ? [] : [`${name} has no command semel`]),
    ...(built >= 0 && linked > built ? [] : [`prepare does not build ${name} and then link it`]),
  ];
}

/** `node PATH` and `bash PATH` in code name files and folders of the repository, or what a build makes of one. */
export function programs(repository: readonly Source[]): Check {
  const places = placesOf(repository);
  const sourceOf = (path: string): string => path.replace("/dist/", "/src/").replace(/\.js$/, ".ts");
  return {
    name: "every program exists",
    reads: isPage,
    complaints: ({ text }) =>
      commandLines(text).flatMap(({ text: code, line }) =>
        [...code.matchAll(/\b(?:node|bash)(?: -C semel-source)? ((?:[\w.-]+\/)+[\w.-]+)/g)].flatMap(([, path]) =>
          places.has(sourceOf(path!)) ? [] : [`${line}: there is no ${path}`],
        ),
      ),
  };
}

/** Code that somebody may type: between backticks, in fences, and indented. */
function commandLines(text: string): { text: string; line: number }[] {
  const { codes, fences } = pageOf(text);
  const inFences = fences.flatMap((fence) =>
    fence.text.split("\n").map((code, at) => ({ text: code, line: fence.line + 1 + at })),
  );
  const indented = text.split("\n").flatMap((code, at) => (/^ {4}\S/.test(code) ? [{ text: code, line: at + 1 }] : []));
  return [...codes, ...inFences, ...indented];
}
