import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MUTANTS } from "../simulation/mutants/index.ts";
import type { Mutant } from "../simulation/mutants/mutant.ts";
import type { Source } from "../tidy/check.ts";
import { type Line, pageOf } from "./markdown.ts";
import { type Proof, proofsIn, whyNot } from "./proofs.ts";

/** A numbered table of the page. */
type Numbered = Readonly<{
  head: string;
  numbers: readonly string[];
  /** What a row is about does not exist, and the row says so instead of proving it. */
  notThere: readonly string[];
  /** It exists, and nothing proves it: each is a debt. */
  open: readonly string[];
}>;

const NOT_THERE = "not there yet: ";
const OPEN = "no test yet";

export const TABLES: readonly Numbered[] = [
  {
    head: "invariant, what must hold, in the simulation, on real processes",
    numbers: upTo(13, "I"),
    notThere: ["I10", "I13"],
    open: [],
  },
  {
    head: "#, what happens, what Semel does, proof",
    numbers: upTo(45, ""),
    notThere: ["29", "30", "31"],
    open: [],
  },
  {
    head: "hazard, what could go wrong, what Semel does, proof",
    numbers: upTo(37, "H"),
    notThere: ["H22", "H28", "H35"],
    open: [],
  },
];

function upTo(last: number, letter: string): readonly string[] {
  return Array.from({ length: last }, (_, at) => `${letter}${at + 1}`);
}

/** Every number stands once, and has a proof that is there, or is excused by name. */
export function reliabilityComplaints(
  page: string,
  repository: readonly Source[],
  tables: readonly Numbered[] = TABLES,
  mutants: readonly Mutant[] = MUTANTS,
): string[] {
  const texts = new Map(repository.map(({ path, text }) => [path, text]));
  return tables.flatMap((numbered) => {
    const table = pageOf(page).tables.find(({ head }) => head.join(", ") === numbered.head);
    if (table === undefined) return [`1: there is no table with the head ${numbered.head}`];
    const told = table.rows.map(({ cells: [number = ""] }) => number);
    return [
      ...numbered.numbers.flatMap((number) => timesComplaints(number, told, table.line)),
      ...table.rows.flatMap((row) => rowComplaints(row, numbered, texts, mutants)),
    ];
  });
}

function timesComplaints(number: string, told: readonly string[], line: number): string[] {
  const times = told.filter((it) => it === number).length;
  return times === 1 ? [] : [`${line}: ${number} stands ${times} times`];
}

function rowComplaints(
  { cells, line }: Line,
  { numbers, notThere, open }: Numbered,
  texts: ReadonlyMap<string, string>,
  mutants: readonly Mutant[],
): string[] {
  const [number = ""] = cells;
  const text = cells.join(" | ");
  const proofs: readonly Proof[] = proofsIn(text);
  const wrong = proofs.flatMap((proof) => whyNot(proof, texts, mutants));
  const excused = notThere.includes(number) || open.includes(number);
  return [
    ...(numbers.includes(number) ? [] : ["is no number of this table"]),
    ...(cells.length === 4 ? [] : [`has ${cells.length} cells`]),
    ...(proofs.length > 0 || excused ? [] : ["has no proof"]),
    ...(proofs.length > 0 && excused ? ["is excused, and has a proof"] : []),
    ...(notThere.includes(number) && !text.includes(NOT_THERE) ? ["does not say what is not there yet"] : []),
    ...(text.includes(OPEN) === open.includes(number) ? [] : [`says "${OPEN}", or should`]),
    ...wrong,
  ].map((what) => `${line}: ${number} ${what}`);
}

const BEGIN = "<!-- mutants -->";
const END = "<!-- /mutants -->";

/** The block of mutants is the one that `--write` writes. */
export function mutantComplaints(page: string, mutants: readonly Mutant[] = MUTANTS): string[] {
  const block = blockOf(page);
  if (block === null) return [`1: there is no block between ${BEGIN} and ${END}`];
  const has = block.split("\n");
  const wants = mutantBlock(mutants).split("\n");
  return [
    ...wants.filter((row) => !has.includes(row)).map((row) => `is missing: ${row}`),
    ...has.filter((row) => !wants.includes(row)).map((row) => `is no mutant of today: ${row}`),
    ...(has.length === wants.length ? [] : [`${has.length} lines, not ${wants.length}`]),
  ];
}

/** The page with the mutants of today. */
export function withMutants(page: string, mutants: readonly Mutant[] = MUTANTS): string {
  const block = blockOf(page);
  if (block === null) throw new Error(`The page has no block between ${BEGIN} and ${END}`);
  return page.replace(`${BEGIN}${block}${END}`, () => `${BEGIN}${mutantBlock(mutants)}${END}`);
}

function blockOf(page: string): string | null {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  return from === -1 || to < from ? null : page.slice(from + BEGIN.length, to);
}

function mutantBlock(mutants: readonly Mutant[]): string {
  const rows = mutants.map(({ name, origin, does, verdict }) => {
    const end = verdict === undefined ? "killed" : `lives: ${verdict}`;
    return `| \`${name}\` | ${[origin, does, end].map(cellOf).join(" | ")} |`;
  });
  return ["", "", "| mutant | whose bug it is | what it does | end |", "|---|---|---|---|", ...rows, "", ""].join("\n");
}

function cellOf(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

if (import.meta.main && process.argv.includes("--write")) {
  const path = join(import.meta.dirname, "../../RELIABILITY.md");
  writeFileSync(path, withMutants(readFileSync(path, "utf8")));
}
