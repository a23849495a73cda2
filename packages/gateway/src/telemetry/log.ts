import type { Notice } from "@semel/core/engine";
import { CorruptError, StoreError } from "@semel/core/record";
import { destination, type LevelWithSilent, type Logger, pino } from "pino";
import type { Act } from "../admin/options.ts";
import type { Seen } from "../http/server.ts";
import { wordOf } from "./word.ts";

export type LogOptions = Readonly<{
  level: LevelWithSilent;
  /** Appended to; null: stderr. */
  file: string | null;
}>;

/** Lines are written from fields that are named here, one by one: nothing of a request gets in by being near. */
export type Log = Readonly<{
  seen: (exchange: Seen) => void;
  notice: (notice: Notice) => void;
  acted: (act: Act) => void;
  /** What a program says about itself: that it listens, that it leaves. Never something that was sent to it. */
  say: (text: string) => void;
  /** Writes out what is buffered. */
  close: () => Promise<void>;
}>;

/** Lines leave some fifty at a time, and at least once a second. */
const BUFFER_CHARS = 8_192;
const FLUSH_MS = 1_000;

/** JSON lines for whoever runs the gateway: no idempotency keys, no headers, no bodies. */
export function openLog({ level, file }: LogOptions): Log {
  const sink = destination({ dest: file ?? 2, sync: false, mkdir: true });
  const lines = gathered((text) => sink.write(text));
  const logger = pino({ level, base: null, timestamp: isoTime }, lines);
  const lastWords = (): void => {
    lines.end();
    try {
      sink.flushSync();
    } catch {
      // What cannot be logged must not change how the process ends.
    }
  };
  // Why a process ended stands in its last lines.
  process.once("exit", lastWords);
  let closed: Promise<void> | null = null;
  return {
    seen: logger.isLevelEnabled("info") ? requestLines(lines.write, logger.levels.values["info"]!) : () => {},
    notice: (notice) => note(notice, logger),
    acted: ({ act, by, run, result }) => logger.warn({ act, by, run, result }, "operator"),
    say: (text) => logger.info(text),
    close: () => {
      closed ??= new Promise((resolve) => {
        process.off("exit", lastWords);
        lines.end();
        sink.once("close", resolve);
        sink.once("error", () => resolve());
        sink.end();
      });
      return closed;
    },
  };
}

/** Here and not in the sink, which would look through all that it holds at every line: 3 µs each. */
function gathered(leave: (text: string) => void): Readonly<{ write: (line: string) => void; end: () => void }> {
  let text = "";
  const flush = (): void => {
    if (text === "") return;
    const full = text;
    text = "";
    leave(full);
  };
  const timer = setInterval(flush, FLUSH_MS).unref();
  return {
    write: (line) => {
      text += line;
      if (text.length >= BUFFER_CHARS) flush();
    },
    end: () => {
      clearInterval(timer);
      flush();
    },
  };
}

/**
 * A line for every exchange, as pino would write it: all of its fields but two are the same every time, so that they are
 * turned into JSON once, and a line costs 1 µs instead of 10.
 */
function requestLines(write: (line: string) => void, level: number): Log["seen"] {
  const known = new Map<string, string>();
  return ({ route, method, status, word: told, tookMs }) => {
    const word = wordOf({ word: told });
    const id = `${status} ${word} ${method} ${route}`;
    let fields = known.get(id);
    if (fields === undefined) {
      fields = JSON.stringify({ route, method, status, word }).slice(1, -1);
      known.set(id, fields);
    }
    write(`{"level":${level}${isoTime()},${fields},"ms":${inThousandths(tookMs)},"msg":"request"}\n`);
  };
}

/** From whole numbers: a fraction takes ten times as long to be written. */
function inThousandths(ms: number): string {
  const thousandths = Math.round(ms * 1_000);
  return `${Math.floor(thousandths / 1_000)}.${String(thousandths % 1_000).padStart(3, "0")}`;
}

function note(notice: Notice, logger: Logger): void {
  switch (notice.notice) {
    case "swap": {
      const { key: run, result, tries, publish } = notice;
      if (result === "won" && publish === "inDoubt") logger.warn({ run }, "in doubt");
      else if (tries > 0 || result === "inDoubt" || result === "unavailable")
        logger.warn({ run, result, tries }, "swap");
      else logger.debug({ run, result, tries }, "swap");
      return;
    }
    case "incident":
      logger.error({ run: notice.key, note: notice.note }, "incident");
      return;
    case "purgeStopped":
      logger.error({ jumpMs: notice.jumpMs, apartMs: notice.apartMs }, "clocks disagree: no row is dropped");
      return;
    case "claimsStopped":
      logger.error({ apartMs: notice.apartMs }, "clocks disagree: nothing is claimed");
      return;
    case "historyLost": {
      const [since, endsAt] = [notice.since, notice.endsAt].map((at) => new Date(at).toISOString());
      logger.error({ since, endsAt, why: notice.why }, "history may be lost: a quarantine covers it");
      return;
    }
    case "unreadable":
      logger.error({ run: notice.key, ...errorOf(notice.error) }, "unreadable row");
      return;
    case "failed":
      logger.error({ run: notice.key, ...errorOf(notice.error) }, "failure");
      return;
    default:
      notice satisfies never;
  }
}

/** Our own errors speak for themselves. A foreign message may quote what was parsed: its kind and place have to do. */
function errorOf(error: unknown): object {
  if (error instanceof CorruptError || error instanceof StoreError) {
    return { error: error.name, code: error.code, detail: error.message };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  const stack = error.stack ?? "";
  const from = stack.indexOf(error.message) + error.message.length;
  const code = "code" in error ? String(error.code) : null;
  return { error: error.name, code, at: stack.slice(from).trim() };
}

let second = 0;
let secondText = "";

/** A second is written out once: a date for each line costs as much as the rest of it. */
function isoTime(): string {
  const now = Date.now();
  const ms = now % 1_000;
  if (now - ms !== second) {
    second = now - ms;
    secondText = new Date(second).toISOString().slice(0, -"000Z".length);
  }
  return `,"time":"${secondText}${String(ms).padStart(3, "0")}Z"`;
}
