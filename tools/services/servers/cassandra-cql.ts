import { Client, types } from "cassandra-driver";
import { ask } from "./wire.ts";

/** Asks for the options of the protocol, version 4; it answers (opcode 6) only when it takes part in its ring. */
export function cassandraAnswers(url: string): Promise<boolean> {
  const { hostname: host, port } = new URL(url);
  const isAnswer = (answer: Buffer): boolean => answer.length >= 9 && answer[4] === 6;
  return ask({ host, port: Number(port), bytes: Buffer.from([4, 0, 0, 0, 5, 0, 0, 0, 0]), isAnswer });
}

/** Whether this node reaches three replicas: so many has this table from the start, and all of them have to answer. */
export async function reachesThree(url: string): Promise<boolean> {
  const client = new Client({ contactPoints: [new URL(url).host], localDataCenter: "datacenter1" });
  try {
    await client.execute("SELECT * FROM system_distributed.view_build_status LIMIT 1", [], {
      consistency: types.consistencies.all,
    });
    return true;
  } catch {
    return false;
  } finally {
    await client.shutdown();
  }
}
