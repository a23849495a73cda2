import { ConfigError, faultLine } from "../../packages/gateway/src/config/fault.ts";
import { parseConfig } from "../../packages/gateway/src/config/load.ts";
import type { Check } from "../tidy/check.ts";
import { isPage } from "./links.ts";
import { type Fence, pageOf } from "./markdown.ts";

/** Every `yaml` block is a configuration that loads without a warning, or a piece of one: `yaml route`, `yaml upstream`. */
export const configurations: Check = {
  name: "every configuration loads",
  reads: isPage,
  complaints: ({ text }) =>
    pageOf(text).fences.flatMap((fence) => {
      if (!/^ya?ml\b/.test(fence.info)) return [];
      return faultsOf(wholeOf(fence)).map((fault) => `${fence.line}: ${fault}`);
    }),
};

const ROUTES = "routes:\n  - match: POST /payments\n    upstream: bank\n";
const UPSTREAMS = "upstreams:\n  bank:\n    url: http://127.0.0.1:7302\n";

/** A piece, with what a file needs around it. */
function wholeOf({ info, text }: Fence): string {
  const piece = text.replaceAll(/^(?=.)/gm, "    ");
  const says = (name: string): boolean => new RegExp(`^${name}:`, "m").test(text);
  switch (info.split(" ")[1]) {
    case "route":
      return `version: 1\naccounts: single\n${UPSTREAMS}${ROUTES}${piece}\n`;
    case "upstream":
      return `version: 1\naccounts: single\n${ROUTES}${UPSTREAMS}${piece}\n`;
    default:
      return [
        ...(says("version") ? [] : ["version: 1\n"]),
        ...(says("accounts") ? [] : ["accounts: single\n"]),
        ...(says("upstreams") ? [] : [UPSTREAMS]),
        ...(says("routes") ? [] : [ROUTES]),
        `${text}\n`,
      ].join("");
  }
}

function faultsOf(text: string): string[] {
  // Whatever is referred to is there, and strong enough.
  const env = new Proxy<{ [name: string]: string }>({}, { get: () => "a-secret-of-32-bytes-and-some-more" });
  const readSecret = (path: string): Uint8Array =>
    Buffer.from(path.endsWith(".yaml") ? "Bearer x: shop" : "a-secret-of-32-bytes-and-some-more");
  try {
    return parseConfig(text, { path: "semel.yaml", env, readSecret }).warnings.map(faultLine);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(faultLine);
    throw error;
  }
}
