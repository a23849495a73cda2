/** Something wrong in a file, and where. `path` is the place in the document, such as `routes[0].deadline`. */
export type Fault = Readonly<{ file: string; path: string; line: number; column: number; message: string }>;

export function faultLine({ file, line, message }: Fault): string {
  return `${file}:${line}: ${message}`;
}

/** A configuration that must not be started with: everything that is wrong with it, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly code = "config_invalid";
  readonly retryable = false;
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(faultLine).join("\n"));
    this.faults = faults;
  }
}
