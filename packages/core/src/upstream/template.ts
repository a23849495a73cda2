/** The template's name for the key that the upstream was sent. */
export const UPSTREAM_KEY = "upstreamKey";

const PLACE = /\{([^{}]*)\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Path and query as RFC 3986 has them, once the places are filled. */
const TARGET = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/;

/** Names of the places in a template, each once. */
export function placesOf(template: string): readonly string[] {
  return [...new Set([...template.matchAll(PLACE)].map((place) => place[1]!))];
}

/** What is wrong with a template of path and query; null: nothing. */
export function templateFault(template: string): string | null {
  if (!template.startsWith("/")) return "must begin with /: it is a path and a query, not a URL";
  const bad = placesOf(template).find((name) => !NAME.test(name));
  if (bad !== undefined) return `has a place {${bad}}, and a name has letters, digits and _ only`;
  if (!TARGET.test(template.replaceAll(PLACE, "x")))
    return "has characters that no path or query may have; encode them";
  return null;
}

/** The template with its places filled, percent-encoded; null: a value is missing, or cannot stand where it would. */
export function fill(template: string, values: ReadonlyMap<string, string>): string | null {
  let whole = true;
  const filled = template.replaceAll(PLACE, (_, name: string) => {
    const encoded = encode(values.get(name));
    if (encoded === null) whole = false;
    return encoded ?? "";
  });
  return whole ? filled : null;
}

/** An empty value would widen the question to every payment, and a dot segment would ask somebody else. */
function encode(value: string | undefined): string | null {
  if (value === undefined || value === "" || value === "." || value === ".." || !value.isWellFormed()) return null;
  return encodeURIComponent(value);
}
