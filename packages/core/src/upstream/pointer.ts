/** Steps of a JSON pointer (RFC 6901); null: it is not one. The empty pointer is the whole document. */
export function parsePointer(pointer: string): readonly string[] | null {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What a document has at a pointer. `absent`: its container is there and does not hold it. `nowhere`: not even that. */
export type Place = Readonly<{ kind: "found"; value: unknown } | { kind: "absent" } | { kind: "nowhere" }>;

export function placeAt(document: unknown, steps: readonly string[]): Place {
  let value = document;
  for (const [at, step] of steps.entries()) {
    const inner = member(value, step);
    if (inner === null) return { kind: isContainer(value) && at === steps.length - 1 ? "absent" : "nowhere" };
    value = inner.value;
  }
  return { kind: "found", value };
}

const INDEX = /^(0|[1-9]\d*)$/;

function member(container: unknown, step: string): Readonly<{ value: unknown }> | null {
  if (!isContainer(container)) return null;
  if (Array.isArray(container)) {
    return INDEX.test(step) && Number(step) < container.length ? { value: container[Number(step)] } : null;
  }
  return Object.hasOwn(container, step) ? { value: (container as { [name: string]: unknown })[step] } : null;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
