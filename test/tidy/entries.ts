import type { Source } from "./check.ts";

type Target = string | { "semel-source"?: string; types?: string; default?: string };
type Manifest = {
  exports?: Record<string, Target>;
  bin?: Record<string, string>;
  dependencies?: Record<string, string>;
};

/** What a package promises to its users, and what it holds, are the same files. */
export function entryComplaints(sources: Source[]): string[] {
  const paths = new Set(sources.map(({ path }) => path));
  return manifests(sources).flatMap(({ folder, manifest }) => {
    const { exports = {}, bin = {} } = manifest;
    const complaints = Object.entries(exports).flatMap(([entry, target]) => judgeEntry(folder, entry, target, paths));
    for (const target of Object.values(bin)) {
      if (!paths.has(sourceOf(folder, target))) complaints.push(`bin ${target} has no source`);
    }
    const promised = new Set(
      Object.values(exports).flatMap((it) => (typeof it === "string" ? [it] : [it["semel-source"]])),
    );
    for (const path of paths) {
      const own = path.startsWith(`${folder}/src/`) && path.endsWith("/index.ts");
      if (own && !promised.has(`./${path.slice(folder.length + 1)}`))
        complaints.push(`${path} is in no entry of exports`);
    }
    return complaints.map((complaint) => `${folder}/package.json: ${complaint}`);
  });
}

/** The library brings nothing along: clients and frameworks are optional peers. */
export function dependencyComplaints(sources: Source[]): string[] {
  return manifests(sources)
    .filter(({ folder, manifest }) => folder === "packages/core" && manifest.dependencies !== undefined)
    .map(({ folder }) => `${folder}/package.json: has dependencies`);
}

function judgeEntry(folder: string, entry: string, target: Target, paths: Set<string>): string[] {
  if (entry.includes("*")) return [`${entry} is a pattern: name each entry`];
  if (typeof target === "string") return paths.has(`${folder}/${target.slice(2)}`) ? [] : [`${entry} leads nowhere`];
  const { "semel-source": source, types, default: built } = target;
  if (source === undefined || types === undefined || built === undefined) return [`${entry} lacks a condition`];
  const complaints = paths.has(`${folder}/${source.slice(2)}`) ? [] : [`${entry}: ${source} does not exist`];
  const stem = source.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "");
  if (built !== `${stem}.js`) complaints.push(`${entry}: ${built} is not what is built from ${source}`);
  if (types !== `${stem}.d.ts`) complaints.push(`${entry}: ${types} is not what is built from ${source}`);
  return complaints;
}

function sourceOf(folder: string, built: string): string {
  return `${folder}/${built
    .replace(/^\.\//, "")
    .replace(/^dist\//, "src/")
    .replace(/\.js$/, ".ts")}`;
}

function manifests(sources: Source[]): { folder: string; manifest: Manifest }[] {
  return sources
    .filter(({ path }) => /^packages\/[^/]+\/package\.json$/.test(path))
    .map(({ path, text }) => ({ folder: path.slice(0, -"/package.json".length), manifest: JSON.parse(text) }));
}
