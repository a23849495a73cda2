/** Why a gateway did not start, in one sentence that says what to do. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: string;
  readonly retryable = false;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
