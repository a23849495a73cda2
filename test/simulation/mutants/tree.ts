import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mutant } from "./mutant.ts";

export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));
/** What a run needs of the repository: the kernel, the flow, and the simulation itself. */
const PARTS = [
  "packages/core/package.json",
  "packages/core/src",
  "packages/gateway/package.json",
  "packages/gateway/src/flow",
  "test/simulation",
];

/** A copy of the source with one defect in it. Shipped files are never touched. */
export async function withMutant<T>(mutant: Mutant, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "semel-mutant-"));
  try {
    for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await mkdir(join(folder, "node_modules/@semel"), { recursive: true });
    for (const name of ["core", "gateway"]) {
      await symlink(join(folder, "packages", name), join(folder, "node_modules/@semel", name), "dir");
    }
    for (const patch of mutant.patches) await apply(mutant.name, folder, patch);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function apply(name: string, folder: string, patch: Patch): Promise<void> {
  const path = join(folder, patch.file);
  await writeFile(path, patched(name, await readFile(path, "utf8"), patch));
}

type Patch = Mutant["patches"][number];

/** The source with a defect in it. Throws where the text that it replaces is not there, once. */
export function patched(name: string, source: string, { file, from, to }: Patch): string {
  const found = source.split(from).length - 1;
  if (found !== 1) throw new Error(`Mutant ${name}: its patch applies ${found} times to ${file}, not once`);
  return source.replace(from, () => to);
}
