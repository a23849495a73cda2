import type { RequestListener } from "node:http";
import { NAIVE_SQL, naivePool } from "../naive-postgres.ts";
import { serviceOf } from "./service.ts";
import type { Paid, Upstream } from "./upstream.ts";

/** What row 6 is compared with: INSERT, pay, UPDATE. It compares no fingerprint, and leaves a lost run as it is. */
export async function naivePostgres(pay: Upstream, url: string): Promise<RequestListener> {
  const pool = await naivePool(url);
  return serviceOf(async (key, body) => {
    const claimed = await pool.query(NAIVE_SQL.claim, [key, Buffer.alloc(0)]);
    if (claimed.rowCount === 0) {
      const { rows } = await pool.query<{ doc: Buffer }>(NAIVE_SQL.read, [key]);
      return JSON.parse(rows[0]!.doc.toString()) as Paid;
    }
    const paid = await pay(key, body);
    await pool.query(NAIVE_SQL.complete, [key, Buffer.from(JSON.stringify(paid))]);
    return paid;
  });
}
