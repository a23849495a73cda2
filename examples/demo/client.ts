import { request } from "node:http";

/** What one try came to. `null`: no answer. */
export type Tried = Readonly<{ status: number | null; retryAfterMs: number | null }>;

export type Payment = Readonly<{ reference: string; key: string }>;

/** How the network treats one try. Keys and bodies are the same every time: that is what a retry is. */
export type Weather = Readonly<{ fault: string | null; hangUpAfterMs: number | null }>;

/** A client gives an answer up after this long, and asks again. */
const TIMEOUT_MS = 2_500;

/** One try to pay. */
export function pay(url: string, { reference, key }: Payment, { fault, hangUpAfterMs }: Weather): Promise<Tried> {
  const body = JSON.stringify({ amount: 1200, currency: "EUR", reference });
  return new Promise((resolve) => {
    const headers = {
      "content-type": "application/json",
      "idempotency-key": `"${key}"`,
      ...(fault === null ? {} : { "bank-fault": fault }),
    };
    const signal = AbortSignal.timeout(hangUpAfterMs ?? TIMEOUT_MS);
    const sent = request(`${url}/payments`, { method: "POST", headers, signal, agent: false }, (answer) => {
      const retryAfter = answer.headers["retry-after"];
      answer.resume();
      answer.on("close", () => {
        const status = answer.complete ? (answer.statusCode ?? null) : null;
        resolve({ status, retryAfterMs: retryAfter === undefined ? null : Number(retryAfter) * 1_000 });
      });
      answer.on("error", () => {});
    });
    sent.on("error", () => resolve({ status: null, retryAfterMs: null }));
    sent.end(body);
  });
}

/** Success or refusal, for good. Everything else means: the same request again, with the same key. */
export function isFinal(status: number | null): status is number {
  if (status === null || status >= 500) return false;
  return ![408, 409, 425, 429].includes(status);
}
