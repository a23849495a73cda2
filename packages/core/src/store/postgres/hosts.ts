import { PostgresOpenError } from "./open-error.ts";

const SHAPE = /^(postgres(?:ql)?:\/\/)((?:[^@/?#]*@)?)([^@/?#]+)(\/[^?#]+(?:\?[^#]*)?)$/;

/** One url a host of `postgres://user@first,second/database`: whichever of them is the primary is worked with. */
export function urlsOf(url: string): readonly string[] {
  const [, scheme, user, hosts, rest] = SHAPE.exec(url) ?? [];
  if (scheme === undefined || hosts === undefined) {
    const message = `${hidden(url)} is no address of a store: write postgres://USER:PASSWORD@HOST[:PORT][,HOST…]/DATABASE`;
    throw new PostgresOpenError("bad_url", message);
  }
  return hosts.split(",").map((host) => `${scheme}${user}${host}${rest}`);
}

/** Without what is secret in it, for messages. */
export function hidden(url: string): string {
  const [address = ""] = url.split("?");
  return address.replace(/^([a-z]+:\/\/)[^@/]*@/, "$1");
}
