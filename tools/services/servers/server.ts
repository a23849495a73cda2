import type { Launched } from "../process/end.ts";
import type { ServerProcess } from "../process/server-process.ts";

/** A private server in a folder of its own. Whoever gave the folder removes it. */
export type Server = Readonly<{
  name: string;
  url: string;
  folder: string;
  /** Its processes: what tests kill, pause and start again. */
  nodes: readonly ServerProcess[];
  stop(): Promise<void>;
}>;

/** What every server is started with. */
export type Ground = Readonly<{
  /** It exists, and is empty. */
  folder: string;
  launched?: ((process: Launched) => void) | undefined;
}>;

/** What fails half-way leaves nothing running. */
export async function orStop(server: Server, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await server.stop();
    throw error;
  }
}

export function serverOf({ name, url, folder, nodes }: Omit<Server, "stop">): Server {
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  return { name, url, folder, nodes, stop };
}
