import type { Caller, Role } from "./options.ts";

/** A JSON schema, as validated and published. */
export type Schema = Readonly<{ [keyword: string]: unknown }>;

/** Who may call: anybody, from any name; anybody, unless the operator wants a token; or a token of at least this role. */
export type Access = "open" | Role;

export type Asked<Body = unknown> = Readonly<{
  params: Readonly<{ [name: string]: string }>;
  query: Readonly<{ [name: string]: string }>;
  body: Body;
  caller: Caller | null;
}>;

/** `body` is sent as JSON, a text as it is. */
export type Told = Readonly<{ status: number; body: object | string; contentType?: string }>;

/** One endpoint: what is served, validated and published is this one value. */
export type Endpoint = Readonly<{
  method: "GET" | "POST";
  /** With `:name` for a segment. */
  url: string;
  summary: string;
  access: Access;
  query?: Schema;
  body?: Schema;
  /** By status. */
  responses: Readonly<{ [status: number]: Readonly<{ description: string; schema?: Schema; contentType?: string }> }>;
  handle: (asked: Asked) => Promise<Told>;
}>;
