import type { Path } from "./document.ts";
import type { RouteFields } from "./file.ts";
import type { Reading } from "./reading.ts";

/** Where each effective value comes from, by its name in the file: `route line 9`, `profile stripe`, `built-in`. */
export type Origins = ReadonlyMap<string, string>;

/** One place where a value may be said. `path` is the place in the file, null: it is not in the file. */
export type Layer<Fields> = Readonly<{ name: string; fields: Fields | undefined; path: Path | null }>;

/** An effective value and its place; null: it is not in the file. */
export type Picked<T> = Readonly<{ value: T; path: Path | null }>;

/** Takes values from the first layer that has them, and notes which that was. */
export class Origin<Fields = RouteFields> {
  readonly origins: Map<string, string> = new Map();
  readonly #reading: Reading;
  readonly #layers: readonly Layer<Fields>[];

  constructor(reading: Reading, layers: readonly Layer<Fields>[]) {
    this.#reading = reading;
    this.#layers = layers;
  }

  /** `name` is dotted, as in `key.required`; `least` is what holds where no layer says anything. */
  pick<T>(name: string, read: (fields: Fields) => T | undefined, least: T, leastName: string = "built-in"): Picked<T> {
    for (const layer of this.#layers) {
      const value = layer.fields === undefined ? undefined : read(layer.fields);
      if (value === undefined) continue;
      const path = layer.path === null ? null : [...layer.path, ...name.split(".")];
      this.origins.set(name, path === null ? layer.name : `${layer.name} line ${this.#reading.line(path)}`);
      return { value, path };
    }
    this.origins.set(name, leastName);
    return { value: least, path: null };
  }
}
