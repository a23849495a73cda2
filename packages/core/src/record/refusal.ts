/**
 * A request that cannot be read as its route demands. Thrown from the depth of a parser and caught at its entry, which
 * gives the reason as a value. The message names places, never what stands there: bodies are secret.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code = "refused";
  readonly retryable = false;
}

/** What `read` gives, or why it refused. */
export function refusedOr<T>(read: () => T): T | Readonly<{ kind: "refused"; why: string }> {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return { kind: "refused", why: error.message };
    throw error;
  }
}
