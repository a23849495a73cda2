import { GENERIC, outcomes } from "@semel/core/upstream";
import type { Table } from "./markdown.ts";
import { pageOf } from "./markdown.ts";

const HEAD = "answer, first attempt, suspect";

/** The table of what an upstream's answers mean is the built-in one, for every status. */
export function answerComplaints(page: string): string[] {
  const table = pageOf(page).tables.find(({ head }) => head.join(", ") === HEAD);
  if (table === undefined) return ["1: there is no table of answers"];
  const words = outcomes(GENERIC);
  const complaints = new Set<string>();
  for (let status = 200; status < 600; status += 1) {
    for (const retryAfter of status === 503 ? [null, "1"] : [null]) {
      const { notSuspect, suspect } = words(status, () => retryAfter);
      const row = rowOf(table, status, retryAfter !== null);
      const [, first, second] = row?.cells ?? [];
      if (first !== notSuspect || second !== suspect) {
        complaints.add(`${row?.line ?? table.line}: ${status} is ${notSuspect} and ${suspect}`);
      }
    }
  }
  return [...complaints];
}

/** A status that is named stands before its class. */
function rowOf({ rows }: Table, status: number, retryAfter: boolean): Table["rows"][number] | undefined {
  const named = (what: string): Table["rows"][number] | undefined =>
    rows.find(({ cells: [answers = ""] }) => answers.split(", ").includes(what));
  const exact = retryAfter ? `${status} with \`Retry-After\`` : String(status);
  return named(exact) ?? named(`${String(status)[0]}xx`);
}
