import type { ServerResponse } from "node:http";
import { type Answer, refusal } from "./answer.ts";
import type { Ending, Fault } from "./fault.ts";

export type Pause = (delayMs: number) => Promise<void>;

/** Lets the fault have its way with an exchange: around `work`, which makes the effect, and never inside it. */
export async function deliver(
  response: ServerResponse,
  { fault, pause, work }: { fault: Fault; pause: Pause; work: () => Promise<Answer> },
): Promise<void> {
  const { slowMs, slowAfterMs, ending } = fault;
  if (ending.kind === "drop-before" || ending.kind === "status") {
    await pause(slowMs + slowAfterMs);
    if (ending.kind === "status") send(response, statusWithoutEffect(ending.status));
    else response.destroy();
    return;
  }
  const answer = await work();
  await pause(slowAfterMs);
  end(response, answer, ending);
}

export function send(response: ServerResponse, answer: Answer): void {
  writeHead(response, answer);
  response.end(answer.body);
}

function end(response: ServerResponse, answer: Answer, ending: Ending): void {
  switch (ending.kind) {
    case "drop-after":
      response.destroy();
      return;
    case "half":
      writeHead(response, answer);
      response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy());
      return;
    case "status-after":
      send(response, refusal(ending.status, "fault", "The bank was told to answer this after its work."));
      return;
    default:
      send(response, answer);
  }
}

function writeHead(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, "content-length": body.length });
}

/** Retry-After is a promise that nothing was done, so only this side gives it. */
function statusWithoutEffect(status: number): Answer {
  const headers = status === 429 || status === 503 ? { "retry-after": "1" } : undefined;
  return refusal(status, "fault", "The bank was told to answer this without doing anything.", headers);
}
