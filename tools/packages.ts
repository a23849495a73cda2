import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

type Package = { name: string; folder: string; needs: string[] };

/** The packages that have sources, each after those that it depends on. */
export function packagesInOrder(): Package[] {
  const left = globSync(["packages/*/package.json", "examples/*/package.json"])
    .sort()
    .map(readPackage)
    .filter(
      ({ folder }) => existsSync(`${folder}/tsconfig.build.json`) && globSync(`${folder}/{,src/**/}*.ts`).length > 0,
    );
  const ordered: Package[] = [];
  while (left.length > 0) {
    const index = left.findIndex(({ needs }) => !left.some(({ name }) => needs.includes(name)));
    if (index < 0) throw new Error(`These packages depend on each other: ${left.map(({ name }) => name).join(", ")}`);
    ordered.push(...left.splice(index, 1));
  }
  return ordered;
}

function readPackage(path: string): Package {
  const { name, dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(path, "utf8"));
  return { name, folder: dirname(path), needs: Object.keys({ ...dependencies, ...peerDependencies }) };
}
