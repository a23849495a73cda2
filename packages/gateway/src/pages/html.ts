import { hash } from "node:crypto";

/** A piece of HTML: made by `html` only, so that a text never becomes a tag. */
export type Html = Readonly<{ markup: string }>;

/** Every value is escaped, unless it is a piece of HTML itself, or a list of such pieces. */
export function html(pieces: TemplateStringsArray, ...values: (string | number | Html | readonly Html[])[]): Html {
  const written = values.map((value) => {
    if (typeof value === "string" || typeof value === "number") return escaped(String(value));
    return "markup" in value ? value.markup : value.map(({ markup }) => markup).join("\n");
  });
  return { markup: String.raw({ raw: pieces }, ...written) };
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}
th,td{border-bottom:1px solid #8884;padding:.4rem .6rem;text-align:left;vertical-align:top}
code{font-family:ui-monospace,monospace}`;

/** Nothing is loaded, run or framed: a page is text and one known style. */
export const PAGE_HEADERS: readonly string[] = [
  "Content-Security-Policy",
  `default-src 'none'; style-src 'sha256-${hash("sha256", STYLE, "base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "X-Content-Type-Options",
  "nosniff",
  "Referrer-Policy",
  "no-referrer",
];

export function document(title: string, body: Html): string {
  const style = { markup: STYLE };
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>
`.markup;
}

const ENTITIES: Readonly<{ [char: string]: string }> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => ENTITIES[char]!);
}
