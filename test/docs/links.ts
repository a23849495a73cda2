import { posix } from "node:path";
import type { Check, Source } from "../tidy/check.ts";
import { pageOf } from "./markdown.ts";

export const isPage = (path: string): boolean => path.endsWith(".md");

/** Every link inside the repository leads to a file of it, and to a heading of that file. */
export function links(repository: readonly Source[]): Check {
  const pages = new Map(repository.filter(({ path }) => isPage(path)).map(({ path, text }) => [path, slugsOf(text)]));
  const places = placesOf(repository);
  return {
    name: "every link leads somewhere",
    reads: isPage,
    complaints: ({ path, text }) =>
      pageOf(text).links.flatMap(({ target, line }) => {
        if (/^[a-z]+:/.test(target)) return [];
        const [file = "", anchor] = target.split("#");
        const place = file === "" ? path : posix.join(posix.dirname(path), file);
        if (!places.has(place.replace(/\/$/, ""))) return [`${line}: ${target} leads nowhere`];
        const titles = place === path ? slugsOf(text) : pages.get(place);
        const known = anchor === undefined || titles?.has(anchor) === true;
        return known ? [] : [`${line}: ${target} has no such heading`];
      }),
  };
}

function slugsOf(text: string): ReadonlySet<string> {
  return new Set(pageOf(text).headings.map(({ slug }) => slug));
}

/** Every page of `docs/` and every package can be found from the README. */
export function unreached(repository: readonly Source[]): string[] {
  const readme = repository.find(({ path }) => path === "README.md");
  const linked = new Set(pageOf(readme?.text ?? "").links.map(({ target }) => target.split("#")[0]));
  return repository
    .map(({ path }) => path)
    .filter((path) => /^(docs\/.+|(packages|examples)\/[^/]+\/README|[A-Z]+)\.md$/.test(path) && path !== "README.md")
    .filter((path) => !linked.has(path));
}

/** Files and folders. */
export function placesOf(repository: readonly Source[]): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { path } of repository) {
    for (let place = path; place !== "."; place = posix.dirname(place)) places.add(place);
  }
  return places;
}
