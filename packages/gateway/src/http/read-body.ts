import type { IncomingMessage } from "node:http";

/** The whole body; null: it is larger than `most`; "gone": the client left before its last byte. */
export function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | null | "gone"> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > most) return Promise.resolve(null);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const gone = (): void => resolve("gone");
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > most) {
        request.pause();
        resolve(null);
      } else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    request.on("error", gone);
    request.on("close", gone);
  });
}
