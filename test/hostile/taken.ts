/**
 * What of the attacks is taken, at least in part: odd, but to be read in one way only. All others are refused whole. A parser that
 * becomes more lenient shows here.
 */
export const TAKEN: readonly string[] = [
  "a body under a length, with a request in it",
  "zeros before the length",
  '"Transfer_Encoding: chunked" beside a length',
  '"Content-Encoding: chunked" beside a length',
  '"TE: chunked" beside a length',
  'a chunk of size "0000000000000000000000002"',
  "an extension",
  "a last chunk with an extension",
  "a last chunk of many zeros",
  "a trailer",
  "a trailer that names a key",
  "a request in a chunk",
  "TRACE",
  "HTTP/1.0",
  "HTTP/0.9",
  "HTTP/2.0",
  "two spaces",
  "a fragment",
  "a target with two slashes",
  "a target with an escaped line break",
  "line breaks before the request",
  "line feeds before the request",
  "a second key with an underscore",
  "bytes beyond ASCII in a value",
  "an expectation that is met",
  "an expectation twice",
  "an empty host",
  "a host with a path",
  "a list of hosts",
  '"Connection: Idempotency-Key"',
  '"Connection: Content-Length"',
  '"Connection: Transfer-Encoding"',
  '"Connection: Host, Content-Type"',
  '"Connection: close, Content-Length"',
  '"Connection: keep-alive\\r\\nKeep-Alive: timeout=1000"',
  '"Connection: upgrade\\r\\nUpgrade: websocket"',
  '"Connection: Upgrade, HTTP2-Settings\\r\\nUpgrade: h2c\\r\\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"',
  '"Proxy-Connection: keep-alive"',
  '"TE: trailers, chunked"',
  '"Trailer: Content-Length"',
  '"Content-Length: 2\\r\\nConnection: Content-Length"',
  "two requests in one packet",
  "the same request twice in one packet",
  "a line break behind a request that closes",
  "a line break behind a request",
  "a request behind one with a scheme",
  "a request behind HTTP/1.0 that is kept alive",
  "a request behind an expectation",
  "a body of GET",
  "chunks of GET",
  "a body of HEAD",
  "a body of DELETE",
];

/** What only the engine takes, or only the way around it: a key is nothing to a request that is passed through. */
export const TAKEN_AS: Readonly<Record<"POST" | "PUT", readonly string[]>> = {
  POST: ["another protocol"],
  PUT: ["a second key", "the same key again", "a second key in capitals", "a request behind one that is too large"],
};

/**
 * Of these a request took effect of which its client was told nothing: bytes behind it on its connection are no request, or what
 * stands before it was refused. Its retry is a replay. Each entry is a flaw: whoever mends it takes it off.
 */
export const UNTOLD: readonly string[] = [
  "a length with an underscore",
  '"Transfer-Encoding: identity, chunked" alone',
  '"Transfer-Encoding: gzip, chunked" alone',
  '"Transfer-Encoding: ,chunked" alone',
  '"Transfer-Encoding: identity\\r\\nTransfer-Encoding: chunked" alone',
  '"Transfer_Encoding: chunked" alone',
  '"Content-Encoding: chunked" alone',
  '"TE: chunked" alone',
  "a request behind one that closes",
  "a request behind HTTP/1.0",
  "rubbish behind a request",
  "a request behind one of two hosts",
  "a request behind one without a host",
];
