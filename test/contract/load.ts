import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { OpenFixture } from "./fixtures.ts";
import { UsageError } from "./flags.ts";

/** A user's own store: a module whose default export, or whose `open`, makes a fixture. */
export async function loadModule(path: string): Promise<OpenFixture> {
  const { default: byDefault, open } = await load(path);
  const found = byDefault ?? open;
  if (typeof found === "function") return found as OpenFixture;
  throw new UsageError(`${path} should export, as its default or as "open", a function that makes a fixture`);
}

async function load(path: string): Promise<{ default?: unknown; open?: unknown }> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new UsageError(`${path} could not be loaded: ${(error as Error).message}`);
  }
}
