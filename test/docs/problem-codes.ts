import { IETF } from "@semel/core/record";
import { EXPLAINED } from "../../packages/gateway/src/pages/problem-texts.ts";
import { pageOf } from "./markdown.ts";

const HEAD = "status and `code`, what happened, what to do";
/** Those that a client with a key does not meet, or whose page says enough. */
const UNTOLD = new Set(["bad_target", "bad_framing", "upstream_unreachable", "stopping", "internal"]);
/** Of looking up. */
const LOOKING = new Set(["run_unknown", "operation_unknown", "method_not_allowed"]);

/** The page for clients names each problem by its code, with the status of profile ietf. */
export function problemComplaints(page: string): string[] {
  const table = pageOf(page).tables.find(({ head }) => head.join(", ") === HEAD);
  if (table === undefined) return ["1: there is no table of problems"];
  const statuses = new Map(Object.values(IETF.rows).map(({ status }, at) => [Object.keys(IETF.rows)[at], status]));
  const codes = [...EXPLAINED.values()].map(({ code }) => code);
  const told = table.rows.flatMap(({ cells: [first = ""], line }) => {
    let status = 0;
    return [...first.matchAll(/(\d{3})|`(\w+)`/g)].flatMap(([, number, code]) => {
      if (number !== undefined) status = Number(number);
      return code === undefined ? [] : [{ code, status, line }];
    });
  });
  const missing = codes.filter(
    (code) => !told.some((it) => it.code === code) && !UNTOLD.has(code) && !LOOKING.has(code),
  );
  return [
    ...missing.map((code) => `${table.line}: ${code} is missing`),
    ...told.filter(({ code }) => !codes.includes(code)).map(({ code, line }) => `${line}: there is no ${code}`),
    ...told.flatMap(({ code, status, line }) => {
      const camel = code.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      const known = statuses.get(camel === "keyMissing" ? "missing" : camel);
      return known === undefined || known === status ? [] : [`${line}: ${code} has status ${known}, not ${status}`];
    }),
  ];
}
