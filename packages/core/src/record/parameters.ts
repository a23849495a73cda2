/** A header value with parameters: `form-data; name="photo"`. Names in lower case, values as they were sent, unquoted. */
export type Parameterised = Readonly<{ value: string; parameters: ReadonlyMap<string, string> }>;

const VALUE = /[\w!#$%&'*+\-.^`|~]+(?:\/[\w!#$%&'*+\-.^`|~]+)?/y;
const PARAMETER =
  /[ \t]*;[ \t]*([\w!#$%&'*+\-.^`|~]+)=(?:([\w!#$%&'*+\-.^`|~]+)|"((?:[\t !#-[\]-~\x80-\xFF]|\\[\t -~\x80-\xFF])*)")/y;

/**
 * Reads a value as RFC 9110 writes media types; null where it is anything else. Escapes in quoted values stay: to
 * compare two values it is enough that different ones stay different.
 */
export function parseParameters(text: string): Parameterised | null {
  VALUE.lastIndex = 0;
  const value = VALUE.exec(text)?.[0];
  if (value === undefined) return null;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = value.length;
  let end = value.length;
  while (end < text.length) {
    const [, name, token, quoted] = PARAMETER.exec(text) ?? [];
    if (name === undefined || parameters.has(name.toLowerCase())) return null;
    parameters.set(name.toLowerCase(), token ?? quoted ?? "");
    end = PARAMETER.lastIndex;
  }
  return { value: value.toLowerCase(), parameters };
}
