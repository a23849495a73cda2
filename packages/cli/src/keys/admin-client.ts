import { readFileSync } from "node:fs";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { UsageError } from "../command.ts";
import { type Io, KeysError } from "./io.ts";

/** What every `keys` command takes. */
export const COMMON = {
  admin: { type: "string", default: "http://127.0.0.1:7301" },
  "token-file": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export type Common = Readonly<{ admin: string; "token-file"?: string | undefined; json: boolean }>;

/** Where `semel dev` writes its token. */
const TOKEN_FILE = "./.semel/admin.token";
/** Longer than the gateway waits for its store. */
const TIMEOUT_MS = 30_000;

/** Calls the admin API; resolves to what it says. Throws a KeysError for everything but an answer that was hoped for. */
export type AdminClient = (method: "GET" | "POST", path: string, body?: object) => Promise<unknown>;

export function adminClient(common: Common, io: Io): AdminClient {
  const base = baseOf(common.admin);
  const token = tokenOf(common, io);
  return async (method, path, body) => {
    const got = await send(base, method, path, token, body);
    if (got.status < 300 && isOurs(got.json)) return got.json;
    throw refusal(got, base);
  };
}

type Got = Readonly<{ status: number; json: unknown }>;

function baseOf(text: string): URL {
  const base = URL.canParse(text) ? new URL(text) : null;
  if (base === null || !/^https?:$/.test(base.protocol)) {
    throw new UsageError(`--admin is an address such as http://127.0.0.1:7301, not ${JSON.stringify(text)}`);
  }
  if (base.protocol === "https:" || ["127.0.0.1", "[::1]", "localhost"].includes(base.hostname)) return base;
  throw new UsageError("--admin over http may only be loopback: the token would cross the network in the clear");
}

/** A file that was named, else the environment, else the file that `semel dev` writes. */
function tokenOf(common: Common, { env }: Io): string {
  const named = common["token-file"];
  const fromEnv = env["SEMEL_ADMIN_TOKEN"];
  if (named === undefined && fromEnv !== undefined && fromEnv !== "") return checked(fromEnv, "SEMEL_ADMIN_TOKEN");
  const path = named ?? TOKEN_FILE;
  const text = readOrNull(path);
  if (text !== null) return checked(text.trim(), `the token at ${path}`);
  const detail = `there is no readable token at ${path}; set SEMEL_ADMIN_TOKEN, or name a file with --token-file`;
  throw new KeysError(2, `${detail}.`);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** It travels in a header: one line, of what can stand there. */
function checked(token: string, name: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new KeysError(
    2,
    `${name} is empty or has characters that no token has; correct it, or name another file with --token-file.`,
  );
}

function send(base: URL, method: string, path: string, token: string, body: object | undefined): Promise<Got> {
  const text = body === undefined ? null : JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "application/json",
    ...(text === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
  };
  const request = base.protocol === "https:" ? requestHttps : requestHttp;
  const url = new URL(`${base.pathname.replace(/\/$/, "")}${path}`, base);
  return new Promise((resolve, reject) => {
    const fail = ({ message, code }: NodeJS.ErrnoException): void => {
      const what = code === "ECONNREFUSED" ? "nothing listens there" : message;
      const detail = `no gateway answers at ${base.origin} (${what}); start it, or say where it is with --admin`;
      reject(new KeysError(3, `${detail}.`));
    };
    const calling = request(url, { method, headers, agent: false, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, json: parsed(Buffer.concat(chunks)) }));
    });
    calling.on("timeout", () => calling.destroy(new Error("no answer in time")));
    calling.on("error", fail);
    calling.end(text ?? undefined);
  });
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

/** What `keys` and `store` ask for answers with one of these. */
function isOurs(json: unknown): boolean {
  return (
    typeof json === "object" &&
    json !== null &&
    ("run" in json || "result" in json || "lineage" in json || ("keys" in json && Array.isArray(json.keys)))
  );
}

/** The API's problems are written to be read: title and detail say what is wrong and what to do. */
function refusal({ status, json }: Got, base: URL): KeysError {
  const { title, detail } = (json ?? {}) as { title?: unknown; detail?: unknown };
  if (typeof title === "string" && typeof detail === "string") return new KeysError(1, `${title}: ${detail}`);
  return new KeysError(
    3,
    `what answers at ${base.origin} with status ${status} is not Semel's admin API; say where that is with --admin.`,
  );
}
