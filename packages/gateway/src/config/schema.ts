import { KEY_FORMATS, SURVIVALS } from "@semel/core/record";
import * as z from "zod";
import { ROUTES_MAX } from "./bounds.ts";
import type { ConfigFile } from "./file.ts";
import { DURATION, SIZE } from "./quantity.ts";

const ACCOUNTS =
  "must say whose key it is, there is no safe default: single, { header: NAME } (set by a trusted edge), " +
  "{ map: FILE, header: NAME } (credential to account) or { credential: NAME }";

const time = z.string().regex(DURATION).meta({ description: "A time: 250ms, 30s, 15m, 24h, 30d" });
const bytes = z.string().regex(SIZE).meta({ description: "A size: 64KiB, 1MiB" });
const whole = z.number().int();
const status = whole.min(200).max(599);
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/)
  .meta({ description: "A header's name" });
const pointer = z
  .string()
  .regex(/^(\/([^~]|~[01])*)?$/)
  .meta({ description: "A JSON pointer (RFC 6901), such as /data/0" });
const secret = z.string().meta({ description: `\${env:NAME} or \${file:PATH}` });
const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/);

const rotating = z.strictObject({ current: id, keys: z.record(id, secret) });
const words = z.record(z.string().regex(/^[2-5]\d\d$/), z.enum(["final", "noEffect", "ambiguous"]));
const proof = z.strictObject({ status, present: pointer.optional(), absent: pointer.optional() });

const ask = z.strictObject({
  settleAfter: time,
  get: z.string(),
  vars: z.record(z.string().regex(/^[A-Za-z_]\w{0,63}$/), pointer).optional(),
  headers: z.record(headerName, z.string()).optional(),
  effect: proof,
  noEffect: proof,
  answer: z.strictObject({ status, body: pointer }).optional(),
});

const upstream = z.strictObject({
  url: z.string(),
  provider: z.string().optional(),
  accounts: z.enum(["shared", "separate"]).optional(),
  key: z.enum(["forward", "derived", "none"]).optional(),
  keyHeader: headerName.optional(),
  answersWithin: time.optional(),
  outcomes: z.strictObject({ notSuspect: words.optional(), suspect: words.optional() }).optional(),
  timeouts: z.strictObject({ connect: time.optional(), idle: time.optional() }).optional(),
  maxInFlight: whole.optional(),
  recover: z.strictObject({ repeat: z.strictObject({ window: time }).optional(), ask: ask.optional() }).optional(),
});

const routeFields = {
  profile: z.string().optional(),
  mode: z.enum(["enforce", "shadow", "off"]).optional(),
  percent: whole.min(0).max(100).optional(),
  key: z
    .strictObject({
      headers: z.array(headerName).optional(),
      body: pointer.nullable().optional(),
      required: z.boolean().optional(),
      format: z.enum(KEY_FORMATS).optional(),
      bytes: whole.optional(),
    })
    .optional(),
  scopeHeaders: z.array(headerName).optional(),
  fingerprint: z
    .strictObject({ body: z.enum(["raw", "json", "multipart"]).optional(), headers: z.array(headerName).optional() })
    .optional(),
  concurrent: z
    .union([z.strictObject({ answer: z.literal("conflict") }), z.strictObject({ wait: time })], {
      error: "must be { answer: conflict } or { wait: TIME }",
    })
    .optional(),
  sendWithin: time.optional(),
  deadline: time.optional(),
  clientTimeout: time.optional(),
  doubtAfter: z
    .string()
    .regex(/^(auto|\d{1,9}(ms|s|m|h|d))$/, { error: "must be auto or a time, such as 30m" })
    .optional(),
  retryWithin: time.optional(),
  retain: time.optional(),
  horizon: time.optional(),
  unknownHistory: z.enum(["refuse", "accept"]).optional(),
  respondAsync: z.boolean().optional(),
  requires: z.enum(SURVIVALS).optional(),
  limits: z
    .strictObject({
      request: bytes.optional(),
      answer: bytes.optional(),
      headers: whole.optional(),
      waitersPerKey: whole.optional(),
    })
    .optional(),
};

const accounts = z.union(
  [
    z.literal("single"),
    z.strictObject({ header: headerName }),
    z.strictObject({ map: z.string().min(1), header: headerName }),
    z.strictObject({ credential: headerName }),
  ],
  { error: ACCOUNTS },
);

export const configFile: z.ZodType<ConfigFile> = z.strictObject({
  version: z.literal(1),
  store: z.string().optional(),
  cache: z.string().optional(),
  listen: z.strictObject({ gateway: z.string().optional(), admin: z.string().optional() }).optional(),
  secrets: z.strictObject({ naming: secret, fingerprint: rotating, sealing: rotating }).optional(),
  admin: z
    .strictObject({
      tokens: z.array(z.strictObject({ name: id, role: z.enum(["viewer", "operator"]), secret })),
    })
    .optional(),
  accounts,
  outbox: z.string().optional(),
  upstreams: z.record(id, upstream),
  defaults: z.strictObject(routeFields).optional(),
  routes: z
    .array(
      z.strictObject({
        match: z.string(),
        id: z.string().min(1).max(200).optional(),
        upstream: z.string(),
        ...routeFields,
      }),
    )
    .min(1)
    .max(ROUTES_MAX),
});

/** A JSON Schema, as far as this code needs one. */
export type JsonSchema = {
  [keyword: string]: unknown;
  properties?: { [name: string]: JsonSchema };
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
};

/** The published schema of semel.yaml (JSON Schema 2020-12), for editors and for other tools. */
export function configSchema(): JsonSchema {
  const schema = z.toJSONSchema(configFile, { io: "input" }) as JsonSchema;
  return { ...schema, title: "semel.yaml", description: "Configuration of the Semel gateway, version 1." };
}
