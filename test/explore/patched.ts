import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as shipped from "../../packages/core/src/record/run.ts";
import type { Patch, Rule } from "./rule.ts";
import type { Kernel } from "./world.ts";

const RECORD = fileURLToPath(new URL("../../packages/core/src/record/", import.meta.url));

/** The shipped kernel with one rule taken out of a copy of its source. A patch whose text is not there, once, throws. */
export async function kernelWithout(rule: Rule): Promise<Kernel> {
  return await patched(rule.name, [...(rule.given ?? []), ...rule.patches]);
}

/** The shipped kernel in the world of a rule. */
export async function kernelWith({ name, given }: Rule): Promise<Kernel> {
  return given === undefined ? shipped : await patched(name, given);
}

async function patched(name: string, patches: readonly Patch[]): Promise<Kernel> {
  const folder = await mkdtemp(join(tmpdir(), "semel-explore-"));
  try {
    await cp(RECORD, folder, { recursive: true });
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    for (const { file, from, to } of patches) {
      const path = join(folder, file);
      const source = await readFile(path, "utf8");
      const found = source.split(from).length - 1;
      if (found !== 1) throw new Error(`Rule ${name}: its patch applies ${found} times to ${file}, not once`);
      await writeFile(
        path,
        source.replace(from, () => to),
      );
    }
    return (await import(pathToFileURL(join(folder, "run.ts")).href)) as Kernel;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
