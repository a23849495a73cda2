import { CHUNKS, CODINGS, LENGTHS } from "./attacks-on-framing.ts";
import { CONNECTIONS, FIELDS, LINES, PIPELINES } from "./attacks-on-heads.ts";

/** What is put into one connection. `####` stands for the attack's number, by which the upstream's requests are told apart. */
export type Attack = Readonly<{
  what: string;
  bytes: string;
  /** Requests that an honest reader may find in it. */
  requests: number;
}>;

const METHODS = ["POST", "PUT"] as const;

/** Every attack on every way through the gateway. */
export function attacks(): Attack[] {
  const recipes = [...LENGTHS, ...CODINGS, ...CHUNKS, ...LINES, ...FIELDS, ...CONNECTIONS, ...PIPELINES];
  const all = METHODS.flatMap((method) =>
    recipes.map(({ what, bytes, requests = 1 }) => ({
      what: `${method}: ${what}`,
      bytes: bytes(headOf(method)),
      requests,
    })),
  );
  return all.map((attack, at) => ({ ...attack, bytes: attack.bytes.replaceAll("####", String(at).padStart(4, "0")) }));
}

function headOf(method: string): string {
  return `${method} /open/#### HTTP/1.1\r\nHost: gateway.test\r\nIdempotency-Key: open-####\r\n`;
}

/** The number in a target or a key of ours; null: it is not of an attack. */
export function numberOf(text: string): number | null {
  const found = /(?:open2?|hidden|other)[/-](\d{4})/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}
