import type { Path } from "./document.ts";
import type { ConfigFile } from "./file.ts";
import type { Reading } from "./reading.ts";

export type Address = Readonly<{ host: string; port: number }>;
export type Listen = Readonly<{ gateway: Address; admin: Address }>;

const GATEWAY = "127.0.0.1:7300";
const ADMIN = "127.0.0.1:7301";
const ADDRESS = /^(?:\[([0-9A-Fa-f:.]+)\]|([^[\]:\s]+)):(\d{1,5})$/;

export function readListen(reading: Reading, file: ConfigFile["listen"]): Listen {
  const gateway = address(reading, ["listen", "gateway"], file?.gateway ?? GATEWAY);
  const admin = address(reading, ["listen", "admin"], file?.admin ?? ADMIN);
  if (admin.port !== 0 && admin.port === gateway.port && admin.host === gateway.host) {
    reading.refuse(["listen"], "has one address for gateway and admin: each needs a port of its own");
  }
  if (!isLoopback(admin.host)) {
    reading.refuse(
      ["listen", "admin"],
      `is ${admin.host}, and must be loopback (127.0.0.1, [::1] or localhost): it carries tokens, and speaks no TLS. Put a TLS proxy in front`,
    );
  }
  return { gateway, admin };
}

function address(reading: Reading, path: Path, text: string): Address {
  const [, v6, host, digits] = ADDRESS.exec(text) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port <= 65_535) return { host: v6 ?? host!, port };
  reading.refuse(path, `is ${JSON.stringify(text)}, and must be HOST:PORT, such as ${GATEWAY} or [::1]:7300`);
  return { host: "127.0.0.1", port: 0 };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
