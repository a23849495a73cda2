import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";

/** A process of its own that listens. */
export type Server = Readonly<{ pid: number; port: number; stop: () => Promise<void> }>;

const STOP_MS = 20_000;
const READY_MS = 30_000;

/** What this run started and has not ended yet: nothing else is ever ended. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

/** Starts bench/FILE and hands out its first message, which must come within `ms`. */
export async function forkFile<T>(
  file: string,
  argv: readonly string[],
  ms: number = READY_MS,
): Promise<{ child: ChildProcess; first: T }> {
  const child = fork(new URL(file, import.meta.url), [...argv], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  track(child);
  const begin = (resolve: (message: T) => void): void => {
    child.once("message", (message) => resolve(message as T));
  };
  const first = await orEnded<T>(child, file, begin, () => "", ms);
  return { child, first };
}

/** Starts a server of the bench, which sends the port that it was given. */
export async function startServer(file: string, argv: readonly string[] = []): Promise<Server> {
  const { child, first } = await forkFile<number>(file, argv);
  return { pid: child.pid!, port: first, stop: () => stop(child) };
}

/** Starts a program of somebody else, which is ready when its output says where it listens. */
export async function startProgram(argv: readonly string[], listens: RegExp): Promise<Server> {
  const child = spawn(process.execPath, [...argv], { stdio: ["ignore", "pipe", "pipe"] });
  track(child);
  let said = "";
  child.stderr.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const port = await orEnded<number>(
    child,
    argv.join(" "),
    (resolve) =>
      child.stdout.on("data", (bytes: Buffer) => {
        said += bytes.toString();
        const found = listens.exec(said);
        if (found !== null) resolve(Number(found[1]));
      }),
    () => said,
  );
  return { pid: child.pid!, port, stop: () => stop(child) };
}

function track(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(late);
}

async function orEnded<T>(
  child: ChildProcess,
  name: string,
  begin: (resolve: (value: T) => void) => void,
  said: () => string,
  ms: number = READY_MS,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const fail = (why: string): void => reject(new Error(`${name} ${why} before it was ready. ${said()}`));
  child.once("exit", (code, signal) => fail(`ended (${code ?? signal})`));
  const late = setTimeout(() => fail(`said nothing for ${ms} ms`), ms);
  begin(resolve);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
  }
}
