/** One header of an upstream's answer, by its lower-case name; null: it has none. */
export type Header = (name: string) => string | null;

/** What is known of an upstream beyond HTTP, with the pages that say so. */
export type Provider = Readonly<{
  name: string;
  /** The header in which it expects the key, in lower case. */
  keyHeader: string;
  /** How long it honours a key; null: nothing is known, so nothing is relied on. */
  windowMs: number | null;
  /** Proof that an answer is that of the operation, and not of a layer in front of it. */
  operationAnswered: (status: number, header: Header) => boolean;
  sources: readonly string[];
}>;

/** An upstream of which nothing is known but what its operator declares. */
export const GENERIC: Provider = {
  name: "generic",
  keyHeader: "idempotency-key",
  windowMs: null,
  operationAnswered: () => false,
  sources: ["draft-ietf-httpapi-idempotency-key-header-07, section 2.1 (the header's name)"],
};
