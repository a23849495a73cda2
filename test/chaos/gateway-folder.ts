import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { DEADLINE_MS, type Kind, SEND_WITHIN_MS, UPSTREAMS } from "./kind.ts";

export type Place = Readonly<{
  folder: string;
  configuration: string;
  port: number;
  adminPort: number;
  token: string;
  databasePath: string;
}>;

type Choices = Readonly<{
  bankPort: number;
  /** Where the SQLite file goes, if not into the folder. */
  disk?: string;
  /** Of the upstream. */
  limits?: string;
  times?: string;
  /** `store: …`, and what else names servers. Default: a SQLite file. */
  store?: string;
  /** A gateway beside which this one works, under the same secrets. */
  beside?: Place;
}>;

const SECRETS = ["naming", "f1", "s1"] as const;

const SHORT = `sendWithin: ${SEND_WITHIN_MS}ms, deadline: ${DEADLINE_MS}ms`;

/** Everything that a `semel start` of this kind needs, in a folder. */
export async function prepareFolder(
  folder: string,
  kind: Kind,
  { bankPort, disk = folder, limits = "", times = SHORT, store, beside }: Choices,
): Promise<Place> {
  await mkdir(folder, { recursive: true });
  for (const name of SECRETS) {
    if (beside === undefined) await writeFile(join(folder, name), secret());
    else await copyFile(join(beside.folder, name), join(folder, name));
  }
  const [token, port, adminPort] = [secret(), await freePort(), await freePort()];
  await writeFile(join(folder, "token"), token);
  const databasePath = join(disk, "semel.db");
  const configuration = join(folder, "semel.yaml");
  await writeFile(
    configuration,
    `version: 1
${store ?? `store: sqlite:${databasePath}`}
listen: { gateway: "127.0.0.1:${port}", admin: "127.0.0.1:${adminPort}" }
secrets:
  naming: "\${file:${folder}/naming}"
  fingerprint: { current: f1, keys: { f1: "\${file:${folder}/f1}" } }
  sealing: { current: s1, keys: { s1: "\${file:${folder}/s1}" } }
admin: { tokens: [{ name: chaos, role: operator, secret: "\${file:${folder}/token}" }] }
accounts: single
upstreams:
  bank:
    url: http://127.0.0.1:${bankPort}${limits}
    recover:
      ${UPSTREAMS[kind].recover}
defaults: { ${times} }
routes:
  - { match: "POST /payments", upstream: bank }
`,
  );
  return { folder, configuration, port, adminPort, token, databasePath };
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * Below the ports that the kernel gives to connections (from 32,768 on Linux): a port of theirs would be taken by one while the
 * gateway is down, and the next process could not listen.
 */
const [PORT_MIN, PORT_MAX] = [15_000, 32_000] as const;

async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORT_MIN, PORT_MAX);
    const server = createServer().listen(port, "127.0.0.1");
    const found = await Promise.race([once(server, "listening"), once(server, "error")]).catch(() => null);
    if (found === null || !server.listening) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
