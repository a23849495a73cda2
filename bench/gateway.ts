import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Server, startProgram } from "./child.ts";

const MAIN = fileURLToPath(new URL("../packages/cli/src/main.ts", import.meta.url));

/** What is not SQLite in the slot's folder without a cache: as in semel.yaml. */
export type Places = Readonly<{ store?: string; cache?: string }>;

/** `semel start -c` as it is shipped: what is not in this file has its default. The log goes to a file. */
export async function startGateway(
  folder: string,
  upstreamPort: number,
  profile: string | null,
  places: Places = {},
): Promise<Server> {
  const config = join(folder, "semel.yaml");
  writeFileSync(config, configText(folder, upstreamPort, places));
  const profiling = profile === null ? [] : ["--cpu-prof", "--cpu-prof-dir", profile];
  const argv = ["-C", "semel-source", ...profiling, MAIN, "start", "-c", config, "--log", join(folder, "semel.log")];
  return await startProgram(argv, /^gateway +http:\/\/127\.0\.0\.1:(\d+)/m);
}

function configText(folder: string, upstreamPort: number, places: Places): string {
  const { store = `sqlite:${join(folder, "semel.db")}`, cache = "none" } = places;
  const secret = (): string => JSON.stringify(randomBytes(32).toString("base64url"));
  const secrets = ["naming", "f1", "s1", "admin"].map((name) => {
    writeFileSync(join(folder, name), JSON.parse(secret()), { mode: 0o600 });
    return JSON.stringify(`\${file:${join(folder, name)}}`);
  });
  const [naming, f1, s1, admin] = secrets;
  return `version: 1
store: ${JSON.stringify(store)}
cache: ${JSON.stringify(cache)}
listen: { gateway: "127.0.0.1:0", admin: "127.0.0.1:0" }
secrets:
  naming: ${naming}
  fingerprint: { current: f1, keys: { f1: ${f1} } }
  sealing: { current: s1, keys: { s1: ${s1} } }
admin: { tokens: [{ name: bench, role: operator, secret: ${admin} }] }
accounts: single
upstreams:
  bank:
    url: http://127.0.0.1:${upstreamPort}
routes:
  - match: POST /payments
    upstream: bank
`;
}
