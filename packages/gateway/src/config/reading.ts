import { type Path, pathText, type SourceText } from "./document.ts";
import type { Fault } from "./fault.ts";

/** Where secrets come from. Both are given by the program: nothing below it reads the environment. */
export type Outside = Readonly<{
  env: Readonly<{ [name: string]: string | undefined }>;
  /** The bytes of a file, by its absolute path. Throws where it cannot be read. */
  readSecret: (path: string) => Uint8Array;
}>;

/** One reading of one file: it collects what is wrong instead of stopping at the first. */
export class Reading {
  readonly source: SourceText;
  readonly outside: Outside;
  readonly faults: Fault[];
  readonly warnings: Fault[] = [];

  constructor(source: SourceText, outside: Outside) {
    this.source = source;
    this.outside = outside;
    this.faults = [...source.faults];
  }

  /** `message` goes on where the name of the place ends: `is missing`, `must be a time`. */
  refuse(path: Path, message: string): void {
    add(this.faults, this.#fault(path, message));
  }

  warn(path: Path, message: string): void {
    add(this.warnings, this.#fault(path, message));
  }

  line(path: Path): number {
    return this.source.at(path).line;
  }

  #fault(path: Path, message: string): Fault {
    const { file } = this.source;
    const name = pathText(path);
    return { file, path: name, ...this.source.at(path), message: name === "" ? message : `${name} ${message}` };
  }
}

/** What `defaults` says is read for every route, and said once. */
function add(faults: Fault[], fault: Fault): void {
  const known = faults.some(
    ({ path, message, line }) => path === fault.path && message === fault.message && line === fault.line,
  );
  if (!known) faults.push(fault);
}
