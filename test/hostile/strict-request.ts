/** A request as its letters say it, and the idempotency key that it carries. */
export type StrictRequest = Readonly<{
  method: string;
  target: string;
  /** By lower-case name. */
  fields: ReadonlyMap<string, readonly string[]>;
  key: string | null;
  body: Buffer;
  chunked: boolean;
}>;

export type Taken = Readonly<{ request: StrictRequest; bytes: number } | { fault: string }>;

const REQUEST_LINE = /^([A-Z]+) (\/[!-~\x80-\xff]*) HTTP\/1\.1$/;
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\t -~\x80-\xff]*)$/;
const LENGTH = /^(?:0|[1-9][0-9]*)$/;
const CHUNK_SIZE = /^[0-9a-fA-F]{1,8}$/;

/**
 * The first request of these bytes; null: its end has not come yet. Written from RFC 9112 without any of its leniency (no bare
 * line feed, no folding, no space before a colon, no length beside chunks, no extension, no trailer), and with none of the
 * code of the parsers under test.
 */
export function takeRequest(bytes: Buffer): Taken | null {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return bytes.length > 64 * 1024 ? { fault: "64 KiB without the end of a head" } : null;
  const [first = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const [, method, target] = REQUEST_LINE.exec(first) ?? [];
  if (method === undefined || target === undefined) return fault("request line", first);
  const fields = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) return fault("field", line);
    const known = fields.get(name.toLowerCase()) ?? [];
    fields.set(name.toLowerCase(), [...known, value]);
  }
  const many = ["host", "content-length", "transfer-encoding"].find((name) => (fields.get(name)?.length ?? 0) > 1);
  if (many !== undefined) return fault("two fields of one kind", many);
  if (!fields.has("host")) return fault("no host", first);
  const framed = takeBody(bytes, headEnd + 4, fields);
  if (framed === null || "fault" in framed) return framed;
  const key = fields.get("idempotency-key")?.join() ?? null;
  const { body, end, chunked } = framed;
  return { request: { method, target, fields, key, body, chunked }, bytes: end };
}

type Framed = Readonly<{ body: Buffer; end: number; chunked: boolean }>;

function takeBody(
  bytes: Buffer,
  from: number,
  fields: ReadonlyMap<string, readonly string[]>,
): Framed | Readonly<{ fault: string }> | null {
  const [length] = fields.get("content-length") ?? [];
  const [coding] = fields.get("transfer-encoding") ?? [];
  if (coding !== undefined) {
    if (length !== undefined) return fault("a length beside chunks", length);
    return coding === "chunked" ? takeChunks(bytes, from) : fault("coding", coding);
  }
  if (length === undefined) return { body: Buffer.alloc(0), end: from, chunked: false };
  if (!LENGTH.test(length)) return fault("length", length);
  const end = from + Number(length);
  return bytes.length < end ? null : { body: bytes.subarray(from, end), end, chunked: false };
}

function takeChunks(bytes: Buffer, from: number): Framed | Readonly<{ fault: string }> | null {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line === -1) return null;
    const size = bytes.subarray(at, line).toString("latin1");
    if (!CHUNK_SIZE.test(size)) return fault("chunk size", size);
    const [start, end] = [line + 2, line + 2 + Number.parseInt(size, 16)];
    if (bytes.length < end + 2) return null;
    if (bytes.subarray(end, end + 2).toString("latin1") !== "\r\n") return fault("end of a chunk", size);
    parts.push(bytes.subarray(start, end));
    at = end + 2;
    if (end === start) return { body: Buffer.concat(parts), end: at, chunked: true };
  }
}

function fault(what: string, text: string): Readonly<{ fault: string }> {
  return { fault: `${what}: ${JSON.stringify(text.slice(0, 200))}` };
}
