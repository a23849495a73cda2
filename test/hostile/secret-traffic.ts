import { call } from "../../examples/bank/call.ts";
import { type Answer, asking, fieldOf, Wire } from "../gateway/wire.ts";
import type { Canary } from "./canaries.ts";
import type { SemelProcess } from "./semel-process.ts";
import type { StrictRequest } from "./strict-request.ts";

const CONNECTIONS = 64;
/** Every so many customers one of each kind: declined, cut off in the middle, answered by rubbish, malformed, mismatched. */
const KINDS = 12;
const [DECLINED, CUT, RUBBISH, MALFORMED, MISMATCH, PASSED] = [1, 2, 3, 4, 5, 6];

/** What clients were told: whole answers, which hold what they may know, and problems, which hold nothing. */
export type Told = {
  readonly answers: Buffer[];
  readonly problems: Buffer[];
  readonly runs: string[];
  inDoubt: string[];
};

/** Every customer pays, and asks again with the same key. */
export async function pay(gateway: SemelProcess, all: readonly Canary[]): Promise<Told> {
  const told: Told = { answers: [], problems: [], runs: [], inDoubt: [] };
  const queue = [...all.entries()];
  const serve = async (): Promise<void> => {
    let wire = new Wire(gateway.url);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      for (const request of requestsOf(...next)) {
        wire.write(request);
        const answer = await wire.read();
        if (answer === null) throw new Error("The connection was closed without an answer");
        note(answer, told);
        if (fieldOf(answer, "connection") === "close") wire = new Wire(gateway.url);
      }
    }
    wire[Symbol.dispose]();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, serve));
  return told;
}

function requestsOf(at: number, canary: Canary): Buffer[] {
  const { card, code, token, key } = canary;
  const kind = at % KINDS;
  const body = (amount: number): string => `{"amount":${amount},"card":"${card}",${code},"kind":${kind},"at":${at}}`;
  const ask = (value: string, amount = 1): Buffer => {
    const headers = ["Authorization", `Bearer ${token}`, "Idempotency-Key", value, "X-Card", card];
    // Cards in paths and queries are bad manners, and happen.
    const path = kind === PASSED ? `/v2/${card}?token=${token}&key=${key}` : `/v1/cards/${card}/charges?token=${token}`;
    return asking({ path, headers, body: body(amount) });
  };
  if (kind === MALFORMED) return [ask(`${key} ${token}`), ask(`"${key}`)];
  if (kind === MISMATCH) return [ask(key), ask(key, 2), ask(key)];
  return [ask(key), ask(`"${key}"`)];
}

/** Of a problem the body only: its headers name the key, to the client that sent it. */
function note(answer: Answer, told: Told): void {
  const type = fieldOf(answer, "content-type") ?? "";
  if (type.startsWith("application/problem+json")) told.problems.push(answer.body);
  else told.answers.push(Buffer.concat([Buffer.from(answer.headers.join("\n")), answer.body]));
  const run = fieldOf(answer, "idempotency-run");
  if (run !== undefined) told.runs.push(run);
  if (run !== undefined && fieldOf(answer, "idempotency-status") === "in-doubt") told.inDoubt.push(run);
}

/** An upstream that says the other card's number, in the body and in headers, and breaks off as it is asked to. */
export function answering(all: readonly Canary[]): (request: StrictRequest) => Buffer | Readonly<{ cut: Buffer }> {
  return ({ body }) => {
    const { kind, at } = JSON.parse(body.toString()) as { kind: number; at: number };
    const { answered, code } = all[at]!;
    const text = `{"id":"pay_${at}","card":"${answered}",${code}}`;
    const status = kind === DECLINED ? "402 Payment Required" : "201 Created";
    const lines = ["Content-Type: application/json", `X-Answered-Card: ${answered}`, `Set-Cookie: card=${answered}`];
    const head = `HTTP/1.1 ${status}\r\n${lines.join("\r\n")}\r\n`;
    if (kind === CUT) return { cut: Buffer.from(`${head}Content-Length: ${text.length + 99}\r\n\r\n${text}`) };
    if (kind === RUBBISH) return { cut: Buffer.from(`${head}X ${answered}: ${answered}\r\n\r\n${text}`) };
    return Buffer.from(`${head}Content-Length: ${text.length}\r\n\r\n${text}`);
  };
}

/** All that a role is told over the admin API: every page of the list, runs one by one, and the metrics. */
export async function adminAnswers(gateway: SemelProcess, token: string, runs: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  const get = async (path: string): Promise<string> => {
    const { status, text } = await call(`${gateway.adminUrl}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    texts.push(text);
    return text;
  };
  for (const path of ["/metrics", "/api/routes", "/api/openapi.json", "/healthz", "/readyz"]) await get(path);
  for (const run of runs) await get(`/api/keys/${run}`);
  for (let cursor: string | null = ""; cursor !== null; ) {
    const more: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    cursor = (JSON.parse(await get(`/api/keys?limit=200${more}`)) as { next: string | null }).next;
  }
  return texts;
}

/** An operator writes down the answer of a payment in doubt, with a card's number in it. */
export async function settle(gateway: SemelProcess, run: string, card: string): Promise<void> {
  const answer = {
    status: 201,
    headers: [["X-Card", card]],
    body: Buffer.from(`{"card":"${card}"}`).toString("base64"),
  };
  const { status, text } = await call(`${gateway.adminUrl}/api/keys/${run}/resolve`, {
    body: { effect: true, reason: "seen in the ledger", evidence: "ticket 1", answer },
    headers: { authorization: `Bearer ${gateway.tokens.operator}`, "content-type": "application/json" },
  });
  if (status !== 200) throw new Error(`resolve: ${status} ${text}`);
}
