import type { ServerResponse } from "node:http";
import type { AdminEvent, AdminEvents } from "./events.ts";

/** Proxies drop connections that are silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** A listener that does not read is cut off: it comes back by itself, and nothing piles up. */
const UNREAD_BYTES_MAX = 64 * 1024;

/** Server-sent events on one response, until the client goes away. false: too many listen already. */
export function streamEvents(events: AdminEvents, response: ServerResponse): boolean {
  const write = (text: string): void => {
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
    else response.write(text);
  };
  const listener = ({ event, ...more }: AdminEvent): void =>
    write(`event: ${event}\ndata: ${JSON.stringify(more)}\n\n`);
  if (!events.listen(listener)) return false;
  response.writeHead(200, {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
  });
  write(": listening\n\n");
  const heartbeat = setInterval(() => write(":\n\n"), HEARTBEAT_MS).unref();
  response.on("close", () => {
    clearInterval(heartbeat);
    events.leave(listener);
  });
  return true;
}
