import { parseArgs } from "node:util";
import { UsageError } from "../command.ts";
import { adminClient, COMMON } from "./admin-client.ts";
import type { ExitCode, Io } from "./io.ts";
import type { KeyLine, KeyPage } from "./shapes.ts";
import { distance, table } from "./text.ts";

/** Calls for one list: each reads up to 2,000 rows, so that a rare state is found among 100,000. */
const CALLS_MAX = 50;

/** `semel keys ls`: the newest keys first, those wanted only. */
export async function listKeys(args: string[], io: Io): Promise<ExitCode> {
  const { values } = parseArgs({
    args,
    options: {
      ...COMMON,
      state: { type: "string" },
      route: { type: "string" },
      account: { type: "string" },
      limit: { type: "string", default: "50" },
      cursor: { type: "string" },
    },
  });
  const limit = Number(values.limit);
  if (!/^\d{1,3}$/.test(values.limit) || limit < 1 || limit > 200) throw new UsageError("--limit is 1 to 200");
  const client = adminClient(values, io);
  const keys: KeyLine[] = [];
  let cursor = values.cursor ?? null;
  let calls = 0;
  do {
    const query = new URLSearchParams({ limit: values.limit });
    for (const name of ["state", "route", "account"] as const) {
      if (values[name] !== undefined) query.set(name, values[name]);
    }
    if (cursor !== null) query.set("cursor", cursor);
    const page = (await client("GET", `/api/keys?${query}`)) as KeyPage;
    keys.push(...page.keys);
    cursor = page.next;
    calls += 1;
  } while (cursor !== null && keys.length < limit && calls < CALLS_MAX);
  io.out(values.json ? JSON.stringify({ keys, next: cursor }) : told(keys, cursor, io.now()));
  return 0;
}

function told(keys: readonly KeyLine[], next: string | null, now: number): string {
  const more = next === null ? [] : [`There may be more: add --cursor ${next}`];
  if (keys.length === 0) return ["No such keys.", ...more].join("\n");
  const rows = keys.map((key) => [
    key.run,
    key.suspect && key.state !== "in-doubt" ? `${key.state}, suspect` : key.state,
    key.outcome === null ? "" : String(key.outcome.status),
    key.route,
    key.account,
    key.firstSendAt === null ? "" : distance(key.firstSendAt, now),
  ]);
  return [table([["RUN", "STATE", "STATUS", "ROUTE", "ACCOUNT", "FIRST SENT"], ...rows]), ...more].join("\n");
}
