/** The service behind gateway and proxy: as cheap as it can be, so that what is measured is in front of it. */
import { type AddressInfo, createServer, type Socket } from "node:net";
import { firstMessage } from "./framing.ts";
import { ANSWER_BODY } from "./payment.ts";

const ANSWER = [
  "HTTP/1.1 201 Created",
  "Content-Type: application/json",
  `Content-Length: ${ANSWER_BODY.length}`,
  `Date: ${new Date().toUTCString()}`,
  "Connection: keep-alive",
  "Keep-Alive: timeout=60",
  "",
  ANSWER_BODY,
].join("\r\n");

const server = createServer({ noDelay: true }, serve);
server.listen(0, "127.0.0.1", () => process.send!((server.address() as AddressInfo).port));

function serve(socket: Socket): void {
  let rest: Buffer | null = null;
  socket.on("data", (chunk: Buffer) => {
    let bytes: Buffer = rest === null ? chunk : Buffer.concat([rest, chunk]);
    for (let message = firstMessage(bytes); message !== null; message = firstMessage(bytes)) {
      socket.write(ANSWER, "latin1");
      bytes = bytes.subarray(message.end);
    }
    rest = bytes.length === 0 ? null : bytes;
  });
  socket.on("error", () => socket.destroy());
}
