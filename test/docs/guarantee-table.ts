import { guaranteeOf } from "@semel/gateway/config";
import { parseConfig } from "../../packages/gateway/src/config/load.ts";
import { pageOf } from "./markdown.ts";

const HEAD = "declared under `recover`, guarantee";
const REPEAT = { repeat: { window: "24h" } };
const PROOF = { status: 200, absent: "/data/0" };
const ASK = {
  ask: {
    settleAfter: "15m",
    get: "/p?key={upstreamKey}",
    effect: { status: 200, present: "/data/0" },
    noEffect: PROOF,
  },
};
/** What a row is about, by the word that it begins with. */
const DECLARED: readonly (readonly [word: string, recover: object])[] = [
  ["repeat", REPEAT],
  ["ask", ASK],
  ["both", { ...REPEAT, ...ASK }],
  ["neither", {}],
];

/** The README's guarantees begin with the level that `semel check` prints. */
export function guaranteeComplaints(readme: string): string[] {
  const table = pageOf(readme).tables.find(({ head }) => head.join(", ") === HEAD);
  if (table === undefined) return ["1: there is no table of guarantees"];
  return DECLARED.flatMap(([word, recover], at) => {
    const { cells = [], line = table.line } = table.rows[at] ?? {};
    const [declared = "", guarantee = ""] = cells;
    if (!declared.replace("`", "").startsWith(word)) return [`${line}: this row should be about ${word}`];
    const level = levelOf(recover);
    return guarantee.startsWith(level) ? [] : [`${line}: ${word} gives ${level}`];
  });
}

function levelOf(recover: object): string {
  const file = {
    version: 1,
    accounts: "single",
    upstreams: { bank: { url: "http://127.0.0.1:7302", recover } },
    routes: [{ match: "POST /payments", upstream: "bank" }],
  };
  const readSecret = (): Uint8Array => new Uint8Array();
  const { routes } = parseConfig(JSON.stringify(file), { path: "semel.yaml", env: {}, readSecret });
  return guaranteeOf(routes[0]!).level;
}
