import { ConfigError, faultLine } from "../../packages/gateway/src/config/fault.ts";
import { type LoadedConfig, parseConfig } from "../../packages/gateway/src/config/load.ts";

/** The smallest file that loads. Tests put their lines in and look at what comes out. */
export const SMALLEST = `version: 1
accounts: single
upstreams:
  bank:
    url: http://127.0.0.1:7302
routes:
  - match: POST /payments
    upstream: bank
`;

type World = Readonly<{ env?: { [name: string]: string }; files?: { [path: string]: string } }>;

export function parse(text: string, { env = {}, files = {} }: World = {}): LoadedConfig {
  const readSecret = (path: string): Uint8Array => {
    const content = files[path];
    if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
    return new TextEncoder().encode(content);
  };
  return parseConfig(text, { path: "/etc/semel.yaml", env, readSecret });
}

/** The lines that a bad file is refused with, without its name: `7: routes[0].match must be …`. */
export function faultsOf(text: string, world: World = {}): string[] {
  try {
    parse(text, world);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.faults.map((fault) => faultLine(fault).replace("/etc/semel.yaml:", ""));
  }
}

export function warningsOf(text: string, world: World = {}): string[] {
  return parse(text, world).warnings.map((fault) => faultLine(fault).replace("/etc/semel.yaml:", ""));
}

/** The smallest file with one piece of it replaced. */
export function withPiece(from: string, to: string, text: string = SMALLEST): string {
  if (!text.includes(from)) throw new Error(`the sample has no ${from}`);
  return text.replace(from, () => to);
}

/** The smallest file with lines added to its first route, indented as they must be. */
export function withRoute(...lines: string[]): string {
  return SMALLEST + lines.map((line) => `    ${line}\n`).join("");
}

export function withUpstream(...lines: string[]): string {
  const url = "    url: http://127.0.0.1:7302\n";
  return withPiece(url, url + lines.map((line) => `    ${line}\n`).join(""));
}

/** A reference, `env:NAME` or `file:PATH`, as it is written in the file. */
export function ref(what: string): string {
  return `\${${what}}`;
}
