import type { Browser, Row } from "@semel/core/record";
import type { KeyLine } from "./view.ts";

/** Rows read for one call: some 20 ms of decoding heads. Who looks for rare keys goes on with `next`. */
const SCAN_ROWS_MAX = 2_000;
/** Pages with less than their limit that are read for one call: their store looked at many more rows than they show, for some 10 ms. */
const SHORT_PAGES_MAX = 100;

export type Wanted = Readonly<{ state: string | null; route: string | null; account: string | null }>;
export type Scanned = Readonly<{ keys: readonly KeyLine[]; next: string | null; scanned: number }>;

/**
 * Pages through rows and keeps those that are wanted. The store's own cursors are handed on, so that keys which come or
 * go meanwhile neither hide nor repeat others; therefore whole pages are kept, and `limit` may be passed by one.
 */
export async function scan(
  browser: Browser,
  lineOf: (row: Row) => KeyLine,
  wanted: Wanted,
  limit: number,
  cursor: string | null,
): Promise<Scanned> {
  const keys: KeyLine[] = [];
  let scanned = 0;
  let short = 0;
  let next = cursor;
  do {
    const page = await browser.page({ dueFrom: null, dueTo: null, limit }, next);
    scanned += page.rows.length;
    if (page.rows.length < limit) short += 1;
    keys.push(...page.rows.map(lineOf).filter((line) => isWanted(line, wanted)));
    next = page.next;
  } while (next !== null && keys.length < limit && scanned < SCAN_ROWS_MAX && short < SHORT_PAGES_MAX);
  return { keys, next, scanned };
}

function isWanted(line: KeyLine, { state, route, account }: Wanted): boolean {
  if (state === "suspect" ? !line.suspect : state !== null && line.state !== state) return false;
  return (route === null || line.route === route) && (account === null || line.account === account);
}
