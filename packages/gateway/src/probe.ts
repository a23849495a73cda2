import { connect } from "node:net";
import type { Upstream } from "./flow/index.ts";

/** A person waits for this at a start; a host that is up accepts within milliseconds. */
const PROBE_MS = 1_000;

/** A sentence for each upstream that accepts no connection now. A warning, for upstreams come and go. */
export async function unreachable(upstreams: Iterable<Upstream>): Promise<string[]> {
  const all = await Promise.all([...upstreams].map(async (upstream) => [upstream, await probe(upstream.url)] as const));
  return all.flatMap(([{ id, url }, fault]) =>
    fault === null
      ? []
      : [
          `upstream ${id} at ${url.origin} accepts no connection (${fault}): start it, or its requests are refused with 503`,
        ],
  );
}

function probe(url: URL): Promise<string | null> {
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname.replace(/^\[|\]$/g, ""), port, timeout: PROBE_MS });
    const end = (fault: string | null): void => {
      socket.destroy();
      resolve(fault);
    };
    socket.on("connect", () => end(null));
    socket.on("timeout", () => end("timeout"));
    socket.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
