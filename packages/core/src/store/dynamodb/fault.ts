/**
 * What became of a request that failed. `busy`, `refused` and `gone`: nothing was done. A busy one was throttled or never left, and
 * may be tried again at once; a table that is gone is not there. `doubt`: anything may have happened.
 */
export type Fault = "busy" | "refused" | "gone" | "doubt";

const THROTTLED: ReadonlySet<string> = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
  "Throttling",
]);
/** There never was a connection. */
const UNCONNECTED: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);
/** The client says this one by its text alone. With another text it is in doubt, as every other timeout is. */
const NOT_IN_TIME = /the request socket did not establish a connection/;
/** There was nothing to sign the request with. */
const UNSIGNED = "CredentialsProviderError";
/** Two regions wrote one item at once. That nothing is left of the loser's write is said nowhere. */
const UNCLEAR = "ReplicatedWriteConflictException";
/** DynamoDB refuses with this status, and with a name. Any other one may come from something between us and it. */
const REFUSED_STATUS = 400;

export function faultOf(error: unknown): Fault {
  const { name = "", message = "", code = "", syscall, $metadata } = error as Failed;
  const isLate = name === "TimeoutError" && NOT_IN_TIME.test(message);
  if (UNCONNECTED.has(code) || syscall === "connect" || isLate) return "busy";
  if (name === UNSIGNED) return "refused";
  if ($metadata?.httpStatusCode !== REFUSED_STATUS || name === UNCLEAR || !isNamed(name)) return "doubt";
  if (THROTTLED.has(name)) return "busy";
  return name === "ResourceNotFoundException" ? "gone" : "refused";
}

type Failed = Readonly<{
  name?: string;
  message?: string;
  code?: string;
  syscall?: string;
  $metadata?: { httpStatusCode?: number };
}>;

/** An answer without a name was not understood: a page of a proxy, for instance. */
function isNamed(name: string): boolean {
  return name !== "" && name !== "Error" && name !== "SyntaxError" && !name.startsWith("Unknown");
}

/** In one line, for messages. */
export function explain(error: unknown): string {
  const { name = "Error", message = "" } = error as { name?: string; message?: string };
  return `${name}: ${message}`.replace(/\s+/g, " ");
}
