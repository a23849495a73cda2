import { type IncomingHttpHeaders, request } from "node:http";

export type Call = Readonly<{
  method?: string;
  body?: unknown;
  key?: string;
  fault?: string;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}>;

/** `whole` is false where the socket ended before the announced length; status is null where nothing came at all. */
export type Got = Readonly<{ status: number | null; headers: IncomingHttpHeaders; text: string; whole: boolean }>;

/** A client for the tests, which a broken connection does not surprise. One connection per call, no retries. */
export function call(url: string, { method, body, key, fault, headers, signal }: Call = {}): Promise<Got> {
  const sent = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const options = {
    method: method ?? (sent === undefined ? "GET" : "POST"),
    agent: false,
    headers: { ...headers, ...(key && { "idempotency-key": key }), ...(fault && { "bank-fault": fault }) },
    ...(signal && { signal }),
  };
  return new Promise((resolve) => {
    const calling = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      const end = () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? null, headers: response.headers, text, whole: response.complete });
      };
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => {});
      response.on("close", end);
    });
    calling.on("error", () => resolve({ status: null, headers: {}, text: "", whole: false }));
    calling.end(sent);
  });
}

export const order = { amount: 1200, currency: "EUR", reference: "order-1" } as const;
