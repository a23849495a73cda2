import type { Gateway } from "../gateway.ts";

const TOLD_WITHIN_MS = 2_000;

/** The sum of a gateway's metrics of this name, whatever their labels. */
export async function metricOf({ place }: Gateway, name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${place.adminPort}/metrics`, {
    headers: { authorization: `Bearer ${place.token}` },
    signal: AbortSignal.timeout(TOLD_WITHIN_MS),
  });
  if (!answer.ok) throw new Error(`The metrics answered ${answer.status}`);
  const lines = (await answer.text()).split("\n").filter((line) => line.startsWith(name));
  return lines.reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
}
