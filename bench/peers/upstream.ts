import { Pool } from "undici";

export type Paid = Readonly<{ status: number; body: string }>;
/** Sends a payment on, and waits for its answer. */
export type Upstream = (key: string, body: string) => Promise<Paid>;

export function upstreamAt(port: string): Upstream {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 256 });
  return async (key, body) => {
    const headers = { "content-type": "application/json", "idempotency-key": key };
    const answer = await pool.request({ path: "/payments", method: "POST", headers, body });
    return { status: answer.statusCode, body: await answer.body.text() };
  };
}
