import type { Table } from "./markdown.ts";
import { pageOf } from "./markdown.ts";
import { allowed, changesNothing, isRequired, namesOf, PARTS, type Part, shownDefault } from "./settings.ts";

const HEAD = "setting, default, may be, meaning";

/** What is wrong with the three tables of settings, as `line: complaint`. */
export function settingComplaints(readme: string): string[] {
  const tables = pageOf(readme).tables.filter(({ head }) => head.join(", ") === HEAD);
  if (tables.length !== PARTS.length) return [`1: ${tables.length} tables of settings, not ${PARTS.length}`];
  return PARTS.flatMap((part, at) => tableComplaints(part, tables[at]!));
}

function tableComplaints(part: Part, table: Table): string[] {
  const names = namesOf(part);
  const rows = table.rows.map(({ cells: [setting = "", least = "", range = ""], line }) => ({
    names: codesIn(setting),
    least,
    range,
    line,
  }));
  const told = rows.flatMap((row) => row.names);
  const missing = names.filter((name) => !told.some((it) => it === name || stands(part, it, name)));
  return [
    ...missing.map((name) => `${table.line}: ${part} ${name} is in the code, and not in the table`),
    ...told.filter((name, at) => told.indexOf(name) < at).map((name) => `${table.line}: ${name} is told twice`),
    ...rows.flatMap(({ names: [...own], least, range, line }) =>
      own.flatMap((name) => rowComplaints(part, name, least, range, names).map((what) => `${line}: ${name} ${what}`)),
    ),
  ];
}

/** A row may stand for all that is below its name, unless the code has bounds for it. */
function stands(part: Part, row: string, name: string): boolean {
  return name.startsWith(`${row}.`) && allowed(part, name) === "";
}

function rowComplaints(part: Part, name: string, least: string, range: string, names: readonly string[]): string[] {
  if (!names.some((it) => it === name || it.startsWith(`${name}.`))) return ["is in the table, and not in the code"];
  const bound = allowed(part, name);
  const wrongRange = !plain(range).startsWith(bound) ? [`may be ${bound}, not ${range}`] : [];
  return [...defaultComplaints(part, name, least), ...wrongRange];
}

function defaultComplaints(part: Part, name: string, least: string): string[] {
  const required = isRequired(part, name);
  if (required !== least.startsWith("required")) return [`is ${required ? "" : "not "}required`];
  const [value] = codesIn(least);
  if (required) return [];
  const shown = shownDefault(part, name);
  if (shown !== null) return shown === value ? [] : [`has the default ${shown}, not ${least}`];
  if (value === undefined) return least === "-" ? [] : [`has a default that cannot be checked: ${least}`];
  return changesNothing(part, name, value) ? [] : [`has not the default ${value}`];
}

function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

function plain(cell: string): string {
  return cell.replaceAll("`", "");
}
