const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The value at a JSON pointer (RFC 6901) of a body; undefined where the body is not JSON or has nothing there. */
export function valueAt(body: Uint8Array, pointer: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    return undefined;
  }
  for (const step of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(value, name)) return undefined;
    value = (value as { [name: string]: unknown })[name];
  }
  return value;
}
