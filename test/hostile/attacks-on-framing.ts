import { HIDDEN, type Recipe } from "./recipe.ts";

const HIDDEN_BYTES = 200;
/** Lengths are of a body that is padded to one size, whatever becomes of its number. */
const padded = (text: string): string => `${text}${" ".repeat(HIDDEN_BYTES - text.length)}`;
const CHUNKED = "Transfer-Encoding: chunked\r\n";
/** A chunked body that ends at once, and a request behind it. */
const ENDED = `0\r\n\r\n${HIDDEN}`;
/** The same, with a length around both. */
const COVERED = `0\r\n\r\n${padded(HIDDEN)}`;
const LONG = 5 + HIDDEN_BYTES;

export const LENGTHS: readonly Recipe[] = [
  {
    what: "a length that covers what chunks would end",
    bytes: (h) => `${h}Content-Length: ${LONG}\r\n${CHUNKED}\r\n${COVERED}`,
  },
  {
    what: "chunks that cover what a length would end",
    bytes: (h) => `${h}${CHUNKED}Content-Length: 4\r\n\r\nc8\r\n${padded(HIDDEN)}\r\n0\r\n\r\n`,
  },
  ...[
    ["two lengths, the shorter first", `Content-Length: 2\r\nContent-Length: ${HIDDEN_BYTES}`],
    ["two lengths, the longer first", `Content-Length: ${HIDDEN_BYTES}\r\nContent-Length: 2`],
    ["one length twice", "Content-Length: 2\r\nContent-Length: 2"],
    ["a list of lengths", `Content-Length: 2, ${HIDDEN_BYTES}`],
    ["a length with a plus", "Content-Length: +2"],
    ["a negative length", "Content-Length: -2"],
    ["a length in hex", "Content-Length: 0x2"],
    ["a length with a point", "Content-Length: 2.0"],
    ["a length with an exponent", "Content-Length: 2e0"],
    ["a length of two numbers", "Content-Length: 2 2"],
    ["a length beyond 2^64", "Content-Length: 18446744073709551618"],
    ["a length beyond 2^53", "Content-Length: 9007199254740994"],
    ["no digits at all", "Content-Length: "],
    ["a vertical tab before the length", "Content-Length:\x0b2"],
    ["a NUL after the length", "Content-Length: 2\0"],
    ["a space before the length's colon", "Content-Length : 2"],
    ["a folded length", "Content-Length:\r\n 2"],
    ["a length behind a bare line feed", "X-A: 1\nContent-Length: 2"],
    ["a length behind a bare carriage return", "X-A: 1\rContent-Length: 2"],
    ["a length with an underscore", "Content_Length: 2"],
    ["a length in fullwidth digits", "Content-Length: \xef\xbc\x92"],
  ].map(([what, field]) => ({ what: what!, requests: 2, bytes: (h: string) => `${h}${field}\r\n\r\n{}${HIDDEN}` })),
  {
    what: "a body under a length, with a request in it",
    bytes: (h) => `${h}Content-Length: ${HIDDEN_BYTES}\r\n\r\n${padded(HIDDEN)}`,
  },
  { what: "zeros before the length", bytes: (h) => `${h}Content-Length: 000${HIDDEN_BYTES}\r\n\r\n${padded(HIDDEN)}` },
];

const CODING_LINES: readonly string[] = [
  "Transfer-Encoding : chunked",
  "Transfer-Encoding\t: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunk",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: identity, chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding: chunked,",
  "Transfer-Encoding: ,chunked",
  "Transfer-Encoding: chunked;q=1",
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  "Transfer-Encoding:\x0bchunked",
  "Transfer-Encoding: chunked\x0b",
  "Transfer-Encoding: chunked\x0c",
  "Transfer-Encoding: \0chunked",
  "Transfer-Encoding\0: chunked",
  "Transfer-Encoding: chunked\xa0",
  "Transfer-Encoding: \xffchunked",
  "Transfer-Encoding:\r\n chunked",
  "Transfer-Encoding: chunked\r\n , identity",
  " Transfer-Encoding: chunked",
  "X-A: 1\r\n\tTransfer-Encoding: chunked",
  "X-A: 1\nTransfer-Encoding: chunked",
  "X-A: 1\rTransfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer_Encoding: chunked",
  "Transfer-Encoding",
  "Transfer-Encoding:",
  "Transfer-Encoding: ",
  "Content-Encoding: chunked",
  "TE: chunked",
];

/** With a length, which says that all of it is one body; and alone, where what follows may be a request of its own. */
export const CODINGS: readonly Recipe[] = CODING_LINES.flatMap((line) => [
  {
    what: `${JSON.stringify(line)} beside a length`,
    bytes: (h: string) => `${h}Content-Length: ${LONG}\r\n${line}\r\n\r\n${COVERED}`,
  },
  { what: `${JSON.stringify(line)} alone`, requests: 2, bytes: (h: string) => `${h}${line}\r\n\r\n${ENDED}` },
]);

const whole =
  (body: string): Recipe["bytes"] =>
  (h) =>
    `${h}${CHUNKED}\r\n${body}`;

const SIZES: readonly string[] = [
  ...["0x2", "-2", "+2", " 2", "2 ", "2\t", "2_", "2g", "", "2.0", "\xef\xbc\x92", "2\0", "2\x0b", "\r2", "2,2"],
  ...["10000000000000002", "ffffffffffffffff", "8000000000000002", "100000002", "0000000000000000000000002"],
];

export const CHUNKS: readonly Recipe[] = [
  ...SIZES.map((size) => ({
    what: `a chunk of size ${JSON.stringify(size)}`,
    requests: 2,
    bytes: whole(`${size}\r\n{}\r\n${ENDED}`),
  })),
  { what: "a chunk's line ended by a bare line feed", requests: 2, bytes: whole(`2\n{}\r\n${ENDED}`) },
  { what: "a chunk's line ended by a bare carriage return", requests: 2, bytes: whole(`2\r{}\r\n${ENDED}`) },
  { what: "a chunk ended by a bare line feed", requests: 2, bytes: whole(`2\r\n{}\n${ENDED}`) },
  { what: "a chunk ended by two other characters", requests: 2, bytes: whole(`2\r\n{}XX${ENDED}`) },
  { what: "a chunk that is longer than it says", requests: 2, bytes: whole(`1\r\n{}\r\n${ENDED}`) },
  { what: "a chunk that is shorter than it says", requests: 2, bytes: whole(`3\r\n{}\r\n${ENDED}`) },
  { what: "an extension", requests: 2, bytes: whole(`2;a=1;b="c;d"\r\n{}\r\n${ENDED}`) },
  { what: "an extension with a bare line feed", requests: 2, bytes: whole(`2;\nxx\r\nc8\r\n{}\r\n${ENDED}`) },
  { what: "an extension with a bare carriage return", requests: 2, bytes: whole(`2;\rxx\r\n{}\r\n${ENDED}`) },
  {
    what: "an extension that hides a line break in quotes",
    requests: 2,
    bytes: whole(`2;a="\r\n{}\r\n0\r\n\r\n"${HIDDEN}`),
  },
  { what: "an extension of 20 KiB", requests: 2, bytes: whole(`2;${"a".repeat(20_000)}\r\n{}\r\n${ENDED}`) },
  { what: "a last chunk with an extension", requests: 2, bytes: whole(`2\r\n{}\r\n0;a=1\r\n\r\n${HIDDEN}`) },
  { what: "a last chunk of many zeros", requests: 2, bytes: whole(`2\r\n{}\r\n0000\r\n\r\n${HIDDEN}`) },
  { what: "a last chunk ended by a bare line feed", requests: 2, bytes: whole(`2\r\n{}\r\n0\n\n${HIDDEN}`) },
  { what: "a last chunk ended by bare carriage returns", requests: 2, bytes: whole(`2\r\n{}\r\n0\r\r${HIDDEN}`) },
  { what: "no line break after the last chunk", requests: 2, bytes: whole(`2\r\n{}\r\n0\r\n${HIDDEN}`) },
  { what: "a trailer", requests: 2, bytes: whole(`2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n${HIDDEN}`) },
  {
    what: "a trailer that names a length",
    requests: 2,
    bytes: whole(`2\r\n{}\r\n0\r\nContent-Length: 200\r\n\r\n${HIDDEN}`),
  },
  {
    what: "a trailer that names a coding",
    requests: 2,
    bytes: whole(`2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n${HIDDEN}`),
  },
  {
    what: "a trailer that names a key",
    requests: 2,
    bytes: whole(`2\r\n{}\r\n0\r\nIdempotency-Key: hidden-####\r\n\r\n${HIDDEN}`),
  },
  { what: "a trailer with a bare line feed", requests: 2, bytes: whole(`2\r\n{}\r\n0\r\nX: 1\n\r\n${HIDDEN}`) },
  { what: "a request in a chunk", bytes: whole(`c8\r\n${padded(HIDDEN)}\r\n0\r\n\r\n`) },
];
