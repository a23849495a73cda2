import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";

/** What one connection owes, and whether anything more is taken from it. */
type Standing = { ended: boolean; owed: ServerResponse[] };

/** Statuses for what is not even a request, by the code of the parser's error; 400 for all others. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/**
 * A packet may hold more than one request, and Node parses all of it before the first is looked at. Behind a request that is
 * refused for its framing nothing is a request; and bytes that are none do not take away the answer of one before them, whose
 * payment may have been made.
 */
export class Connections {
  readonly #standings = new WeakMap<Socket, Standing>();

  /** False: it stands behind something that ended its connection, and is not carried out. */
  begin(socket: Socket, response: ServerResponse): boolean {
    const standing = this.#standings.get(socket);
    if (standing === undefined) {
      this.#standings.set(socket, { ended: false, owed: [response] });
      return true;
    }
    if (standing.ended) return false;
    // Nearly always one that is finished: few clients send a second request before they have the first answer.
    if (standing.owed.length === 1 && standing.owed[0]!.writableFinished) standing.owed[0] = response;
    else standing.owed = [...standing.owed.filter((other) => !other.writableFinished), response];
    return true;
  }

  /** Nothing more is taken from this connection. */
  end(socket: Socket): void {
    const standing = this.#standings.get(socket);
    if (standing !== undefined) standing.ended = true;
  }

  /** What came on a connection is no request, or broke off within one. Whole requests before it are answered first. */
  broken(error: NodeJS.ErrnoException, socket: Socket): void {
    this.end(socket);
    const { owed } = this.#standings.get(socket) ?? { owed: [] };
    const last = owed.findLast((response) => !response.writableFinished && response.req.complete);
    if (last !== undefined && error.code !== "ECONNRESET") {
      last.once("close", () => socket.destroySoon());
      return;
    }
    const status = STATUSES[error.code ?? ""] ?? 400;
    const begun = owed.some((response) => response.headersSent && !response.writableFinished);
    if (socket.writable && !begun)
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`);
    socket.destroySoon();
  }
}
