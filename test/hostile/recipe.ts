/** An attack's pieces, filled in for a method: POST is led by the engine, PUT is passed through as a stream. */
export type Recipe = Readonly<{ what: string; requests?: number; bytes: (head: string) => string }>;

/** The prefix of a request that must stay a body, or be refused: never become a request. */
export const HIDDEN =
  "POST /hidden/#### HTTP/1.1\r\nHost: gateway.test\r\nIdempotency-Key: hidden-####\r\nContent-Length: 2\r\n\r\n{}";
