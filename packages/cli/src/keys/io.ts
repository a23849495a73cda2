/** Where a command's words go, and what it may read. Passed in, so that tests need no process of their own. */
export type Io = Readonly<{
  out: (text: string) => void;
  err: (text: string) => void;
  env: Readonly<{ [name: string]: string | undefined }>;
  now: () => number;
}>;

/** What the words of a command came to: 0 done, 1 refused, 2 the words are wrong, 3 the gateway cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Ends a command with one sentence that says what is wrong and what to do. */
export class KeysError extends Error {
  override readonly name = "KeysError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
