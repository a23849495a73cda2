import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { stateFile } from "./folders.ts";
import type { Launched } from "./process/end.ts";

/** A server that was started. */
export type Entry = Readonly<{
  name: string;
  /** null: it never answered; whoever started it was interrupted. */
  url: string | null;
  /** What it keeps, to be removed with it; null: a container keeps it. */
  folder: string | null;
  processes: readonly Launched[];
}>;

/** What runs, by what was written down when it was started. */
export function entries(file: string = stateFile()): readonly Entry[] {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new Error(`${file} is damaged: end by hand what it names, and remove it`, { cause: error });
  }
}

export function entryOf(name: string, file: string = stateFile()): Entry | null {
  return entries(file).find((entry) => entry.name === name) ?? null;
}

/** Instead of what was there under its name. */
export function put(entry: Entry, file: string = stateFile()): void {
  write([...entries(file).filter(({ name }) => name !== entry.name), entry], file);
}

export function drop(name: string, file: string = stateFile()): void {
  write(
    entries(file).filter((entry) => entry.name !== name),
    file,
  );
}

/** Whole or not at all: who reads meanwhile, or is interrupted, finds the former. */
function write(all: readonly Entry[], file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(all, null, 2));
  renameSync(`${file}.new`, file);
}
