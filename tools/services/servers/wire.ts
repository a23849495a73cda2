import { connect } from "node:net";

/** A server that answers later serves nobody; on a busy machine a good one takes a few hundred. */
const ANSWERS_WITHIN_MS = 2_000;

export type Question = Readonly<{
  host?: string;
  port: number;
  bytes: Buffer | string;
  /** Looks at all that came so far. */
  isAnswer: (answer: Buffer) => boolean;
}>;

/** Sends these bytes to a port of this machine; whether what comes back is an answer. */
export function ask({ host = "127.0.0.1", port, bytes, isAnswer }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const socket = connect(port, host, () => socket.write(bytes));
    const settle = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(ANSWERS_WITHIN_MS, () => settle(false));
    socket.on("error", () => settle(false));
    socket.on("close", () => settle(false));
    socket.on("data", (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (isAnswer(answer)) settle(true);
    });
  });
}
