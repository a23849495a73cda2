import { createHash } from "node:crypto";
import { type Agent, request } from "node:http";

/** One answer, as a client got it. */
export type Told = Readonly<{
  /** When the request was begun, on the monotonic clock of this process: what came before it can be told from what did not. */
  askedAt: number;
  status: number;
  /** What the gateway says of the answer (`Idempotency-Status`); null: the gateway did not speak. */
  word: string | null;
  run: string | null;
  retryAfterMs: number | null;
  /** Of everything that every retry must get alike: status, stored headers, body. */
  digest: string;
  /** Of status and body alone. */
  essence: string;
  text: string;
}>;

export type Question = Readonly<{
  port: number;
  key: string;
  body: string;
  /** What the bank shall do with the request (`Bank-Fault`). */
  fault: string | null;
  timeoutMs: number;
  /** Connections that are kept. Without it each try has one of its own. */
  agent?: Agent;
}>;

/** Of one exchange: everything else belongs to the answer. */
const OF_THE_EXCHANGE = new Set(["date", "connection", "keep-alive", "idempotency-status", "idempotent-replayed"]);

/** One try. null: no answer, or half of one. */
export function ask({ port, key, body, fault, timeoutMs, agent }: Question): Promise<Told | null> {
  const askedAt = performance.now();
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "idempotency-key": `"${key}"`,
    ...(fault === null ? {} : { "bank-fault": fault }),
  };
  const options = {
    host: "127.0.0.1",
    port,
    path: "/payments",
    method: "POST",
    headers,
    agent: agent ?? false,
  } as const;
  return new Promise((resolve) => {
    const sent = request({ ...options, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", () => {});
      answer.on("close", () => {
        const status = answer.statusCode ?? 0;
        const found = answer.headers as Readonly<Record<string, string | undefined>>;
        const text = Buffer.concat(chunks).toString("latin1");
        const retryAfter = found["retry-after"];
        const told: Told = {
          askedAt,
          status,
          word: found["idempotency-status"] ?? null,
          run: found["idempotency-run"] ?? null,
          retryAfterMs: retryAfter === undefined ? null : Number(retryAfter) * 1_000,
          digest: digestOf(status, answer.rawHeaders, text),
          essence: digestOf(status, [], text),
          text: `${status} ${stored(answer.rawHeaders).join(" | ")} ${text}`,
        };
        resolve(answer.complete ? told : null);
      });
    });
    sent.on("error", () => resolve(null));
    sent.end(body);
  });
}

function digestOf(status: number, rawHeaders: readonly string[], text: string): string {
  const parts = [String(status), ...stored(rawHeaders), text];
  return createHash("sha256").update(parts.join("\n"), "latin1").digest("base64url");
}

/** In the order in which they came: it is part of what is stored. */
function stored(rawHeaders: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!OF_THE_EXCHANGE.has(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`);
  }
  return lines;
}
