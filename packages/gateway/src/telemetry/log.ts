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

/** Lines are written by the page, and at least once a second. */
const BUFFER_BYTES = 4_096;
const FLUSH_MS = 1_000;

/** JSON lines for whoever runs the gateway: no idempotency keys, no headers, no bodies. */
export function openLog({ level, file }: LogOptions): Log {
  const sink = destination({
    dest: file ?? 2,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_MS,
    mkdir: true,
  });
  const logger = pino({ level, base: null, timestamp: isoTime }, sink);
  let closed: Promise<void> | null = null;
  return {
    seen: ({ route, method, status, word, tookMs }) => {
      const ms = Math.round(tookMs * 1_000) / 1_000;
      logger.info({ route, method, status, word: wordOf({ word }), ms }, "request");
    },
    notice: (notice) => note(notice, logger),
    acted: ({ act, by, run, result }) => logger.warn({ act, by, run, result }, "operator"),
    say: (text) => logger.info(text),
    close: () => {
      closed ??= new Promise((resolve) => {
        sink.once("close", resolve);
        sink.once("error", () => resolve());
        sink.end();
      });
      return closed;
    },
  };
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

function isoTime(): string {
  return `,"time":"${new Date().toISOString()}"`;
}
