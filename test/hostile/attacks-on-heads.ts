import { HIDDEN, type Recipe } from "./recipe.ts";

const BODY = "Content-Length: 2\r\n\r\n{}";

/** Other first lines than the head's own; `$` stands for what the right one has. */
const FIRST_LINES: readonly (readonly [string, string])[] = [
  ["a target with a scheme", "$M http://other.test$T HTTP/1.1"],
  ["a target with a scheme and credentials", "$M http://a:b@other.test$T HTTP/1.1"],
  ["a target of an authority", "$M other.test:80 HTTP/1.1"],
  ["the target *", "$M * HTTP/1.1"],
  ["CONNECT", "CONNECT other.test:80 HTTP/1.1"],
  ["CONNECT with a path", "CONNECT $T HTTP/1.1"],
  ["TRACE", "TRACE $T HTTP/1.1"],
  ["HTTP/1.0", "$M $T HTTP/1.0"],
  ["HTTP/0.9", "$M $T"],
  ["HTTP/2.0", "$M $T HTTP/2.0"],
  ["HTTP/1.2", "$M $T HTTP/1.2"],
  ["HTTP/11.1", "$M $T HTTP/11.1"],
  ["HTTP/1.10", "$M $T HTTP/1.10"],
  ["http/1.1 in small letters", "$M $T http/1.1"],
  ["no slash in the version", "$M $T HTTP1.1"],
  ["another protocol", "$M $T RTSP/1.0"],
  ["two spaces", "$M  $T  HTTP/1.1"],
  ["tabs", "$M\t$T\tHTTP/1.1"],
  ["a space at the end", "$M $T HTTP/1.1 "],
  ["a space in the target", "$M $T x HTTP/1.1"],
  ["a NUL in the target", "$M $T\0 HTTP/1.1"],
  ["a NUL in the method", "$M\0 $T HTTP/1.1"],
  ["a space before the method", " $M $T HTTP/1.1"],
  ["a method that nobody knows", "PAY $T HTTP/1.1"],
  ["a method in small letters", "post $T HTTP/1.1"],
  ["a carriage return in the target", "$M $T\rx HTTP/1.1"],
  ["bytes beyond ASCII in the target", "$M $T\xc3\xa9 HTTP/1.1"],
  ["a fragment", "$M $T#x HTTP/1.1"],
  ["a target with two slashes", "$M //other.test$T HTTP/1.1"],
  ["a target with a backslash", "$M \\other.test$T HTTP/1.1"],
  ["a target with an escaped line break", "$M $T%0d%0aX:%20y HTTP/1.1"],
  ["a target without a slash", "$M open HTTP/1.1"],
  ["a target of 20 KiB", `$M $T?${"a".repeat(20_000)} HTTP/1.1`],
  ["line breaks before the request", "\r\n\r\n$M $T HTTP/1.1"],
  ["line feeds before the request", "\n\n$M $T HTTP/1.1"],
];

const instead =
  (line: string): Recipe["bytes"] =>
  (head) => {
    const [first = "", ...rest] = head.split("\r\n");
    const [method = "", target = ""] = first.split(" ");
    return `${[line.replace("$M", method).replace("$T", target), ...rest].join("\r\n")}${BODY}`;
  };

export const LINES: readonly Recipe[] = [
  ...FIRST_LINES.map(([what, line]) => ({ what, requests: 2, bytes: instead(line) })),
  { what: "the preface of HTTP/2", requests: 0, bytes: () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { what: "nothing but line breaks", requests: 0, bytes: () => "\r\n\r\n\r\n\r\n" },
  { what: "HTTP/0.9, and a request behind it", requests: 1, bytes: () => `GET /open/####\r\n\r\n${HIDDEN}` },
];

const FIELD_LINES: readonly (readonly [string, string])[] = [
  ["a second host", "Host: other.test"],
  ["a second host in capitals", "HOST: other.test"],
  ["a host behind a space", "Host : other.test"],
  ["a second key", "Idempotency-Key: other-####"],
  ["the same key again", "Idempotency-Key: open-####"],
  ["a second key in capitals", "IDEMPOTENCY-KEY: other-####"],
  ["a second key with an underscore", "Idempotency_Key: other-####"],
  ["a NUL in a value", "X-A: a\0b"],
  ["a NUL in a name", "X\0A: 1"],
  ["a carriage return in a value", "X-A: a\rb"],
  ["a line feed in a value", "X-A: a\nb"],
  ["a DEL in a value", "X-A: a\x7fb"],
  ["an escape in a value", "X-A: a\x1bb"],
  ["bytes beyond ASCII in a value", "X-A: \xc3\xa9"],
  ["bytes beyond ASCII in a name", "X\xc3\xa9: 1"],
  ["a space in a name", "X A: 1"],
  ["no name", ": 1"],
  ["no colon", "X-A"],
  ["a fold", "X-A: 1\r\n folded"],
  ["a fold with a request", "X-A: 1\r\n POST /hidden/#### HTTP/1.1"],
  ["a field of 20 KiB", `X-A: ${"a".repeat(20_000)}`],
  ["a name of 20 KiB", `${"a".repeat(20_000)}: 1`],
  ["2,100 fields", Array.from({ length: 2_100 }, () => "a:").join("\r\n")],
  ["1,100 fields", Array.from({ length: 1_100 }, () => "a:").join("\r\n")],
  ["an expectation that is met", "Expect: 100-continue"],
  ["an expectation nobody knows", "Expect: 200-maybe"],
  ["an expectation twice", "Expect: 100-continue\r\nExpect: 100-continue"],
];

const withoutHost = (head: string): string => head.replace(/Host: .*?\r\n/, "");

export const FIELDS: readonly Recipe[] = [
  ...FIELD_LINES.map(([what, line]) => ({ what, requests: 2, bytes: (h: string) => `${h}${line}\r\n${BODY}` })),
  { what: "no host", bytes: (h) => `${withoutHost(h)}${BODY}` },
  { what: "an empty host", bytes: (h) => `${withoutHost(h)}Host:\r\n${BODY}` },
  { what: "a host with a path", bytes: (h) => `${withoutHost(h)}Host: gateway.test/hidden\r\n${BODY}` },
  { what: "a list of hosts", bytes: (h) => `${withoutHost(h)}Host: gateway.test, other.test\r\n${BODY}` },
  { what: "a first line that is a field", requests: 0, bytes: () => `Host: gateway.test\r\n\r\n` },
  { what: "line feeds only", requests: 2, bytes: (h) => `${h}${BODY}${HIDDEN}`.replaceAll("\r\n", "\n") },
  { what: "carriage returns only", requests: 0, bytes: (h) => `${h}${BODY}`.replaceAll("\r\n", "\r") },
  { what: "a space before the first field", requests: 2, bytes: (h) => `${h.replace("\r\n", "\r\n ")}${BODY}` },
];

/** Fields of a connection, which try to take away what the next hop needs. */
const CONNECTION_LINES: readonly string[] = [
  "Connection: Idempotency-Key",
  "Connection: Content-Length",
  "Connection: Transfer-Encoding",
  "Connection: Host, Content-Type",
  "Connection: close, Content-Length",
  "Connection: keep-alive\r\nKeep-Alive: timeout=1000",
  "Connection: upgrade\r\nUpgrade: websocket",
  "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
  "Proxy-Connection: keep-alive",
  "TE: trailers, chunked",
  "Trailer: Content-Length",
  "Content-Length: 2\r\nConnection: Content-Length",
];

export const CONNECTIONS: readonly Recipe[] = CONNECTION_LINES.flatMap((lines) => {
  const length = lines.startsWith("Content-Length") ? "" : "Content-Length: 200\r\n";
  const body = lines.startsWith("Content-Length") ? "{}" : HIDDEN.padEnd(200);
  return [{ what: JSON.stringify(lines), bytes: (h: string) => `${h}${lines}\r\n${length}\r\n${body}` }];
});

const second = (head: string): string => `${head.replaceAll("open", "open2")}${BODY}`;

export const PIPELINES: readonly Recipe[] = [
  { what: "two requests in one packet", requests: 2, bytes: (h) => `${h}${BODY}${second(h)}` },
  { what: "the same request twice in one packet", requests: 2, bytes: (h) => `${h}${BODY}${h}${BODY}` },
  { what: "a request behind one that closes", requests: 1, bytes: (h) => `${h}Connection: close\r\n${BODY}${HIDDEN}` },
  {
    what: "a request behind one that is refused",
    requests: 1,
    bytes: (h) => `${h}Content-Length: 2\r\nX A: 1\r\n\r\n{}${HIDDEN}`,
  },
  { what: "a request behind HTTP/1.0", requests: 1, bytes: (h) => `${h.replace("1.1", "1.0")}${BODY}${HIDDEN}` },
  { what: "a line break behind a request that closes", bytes: (h) => `${h}Connection: close\r\n${BODY}\r\n` },
  { what: "a line break behind a request", bytes: (h) => `${h}${BODY}\r\n` },
  { what: "rubbish behind a request", bytes: (h) => `${h}${BODY}rubbish\r\n\r\n` },
  { what: "a request behind one of two hosts", requests: 2, bytes: (h) => `${h}Host: other.test\r\n${BODY}${HIDDEN}` },
  { what: "a request behind one without a host", requests: 2, bytes: (h) => `${withoutHost(h)}${BODY}${HIDDEN}` },
  {
    what: "a request behind one with a scheme",
    requests: 2,
    bytes: (h) => `${h.replace("/", "http://other.test/")}${BODY}${HIDDEN}`,
  },
  {
    what: "a request behind one that is too large",
    requests: 2,
    bytes: (h) => `${h}Content-Length: 1100000\r\n\r\n${" ".repeat(1_100_000)}${HIDDEN}`,
  },
  {
    what: "a request behind HTTP/1.0 that is kept alive",
    requests: 2,
    bytes: (h) => `${h.replace("1.1", "1.0")}Connection: keep-alive\r\n${BODY}${second(h)}`,
  },
  {
    what: "a request behind an expectation",
    requests: 1,
    bytes: (h) => `${h}Expect: 100-continue\r\nContent-Length: 200\r\n\r\n${HIDDEN.padEnd(200)}`,
  },
  {
    what: "a body of GET",
    requests: 1,
    bytes: (h) => `${h.replace(/^\w+/, "GET")}Content-Length: 200\r\n\r\n${HIDDEN.padEnd(200)}`,
  },
  {
    what: "chunks of GET",
    requests: 1,
    bytes: (h) =>
      `${h.replace(/^\w+/, "GET")}Transfer-Encoding: chunked\r\n\r\nc8\r\n${HIDDEN.padEnd(200)}\r\n0\r\n\r\n`,
  },
  {
    what: "a body of HEAD",
    requests: 1,
    bytes: (h) => `${h.replace(/^\w+/, "HEAD")}Content-Length: 200\r\n\r\n${HIDDEN.padEnd(200)}`,
  },
  {
    what: "a body of DELETE",
    requests: 1,
    bytes: (h) => `${h.replace(/^\w+/, "DELETE")}Content-Length: 200\r\n\r\n${HIDDEN.padEnd(200)}`,
  },
];
