import { type FileHandle, mkdir, open } from "node:fs/promises";
import { join } from "node:path";

export interface Journal {
  /** Resolves once the line would survive a crash. Lines become durable in the order of the calls. */
  append(line: string): Promise<void>;
  close(): Promise<void>;
}

export const volatileJournal: Journal = { append: async () => {}, close: async () => {} };

/** Opens `directory`/ledger.jsonl, which one bank at a time may own, and gives back the lines it holds. */
export async function openJournal(directory: string): Promise<{ path: string; lines: string[]; journal: Journal }> {
  const path = join(directory, "ledger.jsonl");
  await mkdir(directory, { recursive: true });
  const file = await open(path, "a+");
  const { lines, wholeBytes } = splitLines(await file.readFile());
  // A line without its end was never fsynced, so nobody was told of it; the next line must not be glued to it.
  await file.truncate(wholeBytes);
  await file.sync();
  await syncDirectory(directory);
  return { path, lines, journal: new FileJournal(file) };
}

function splitLines(bytes: Buffer): { lines: string[]; wholeBytes: number } {
  const lines: string[] = [];
  let start = 0;
  for (let end = bytes.indexOf("\n"); end >= 0; end = bytes.indexOf("\n", start)) {
    lines.push(bytes.toString("utf8", start, end));
    start = end + 1;
  }
  return { lines, wholeBytes: start };
}

/** Without it a power loss may forget that the file was ever made. Windows cannot open directories. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(directory, "r");
  await handle.sync();
  await handle.close();
}

type Waiting = Readonly<{ line: string; done: () => void; failed: (error: unknown) => void }>;

/** Lines that arrive while the disk is busy share the next fsync. */
class FileJournal implements Journal {
  readonly #file: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #broken: { cause: unknown } | null = null;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  append(line: string): Promise<void> {
    const appended = new Promise<void>((done, failed) => {
      this.#waiting.push({ line, done, failed });
    });
    this.#writing ??= this.#writeAll();
    return appended;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#write(batch);
    }
    this.#writing = null;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    try {
      // After a failed write or fsync nobody knows what the disk holds: writing on would hide it.
      if (this.#broken) throw this.#broken.cause;
      await this.#file.appendFile(batch.map(({ line }) => `${line}\n`).join(""));
      await this.#file.datasync();
      for (const { done } of batch) done();
    } catch (cause) {
      this.#broken ??= { cause };
      for (const { failed } of batch) failed(cause);
    }
  }
}
