/** A file of the repository. */
export type Source = { path: string; text: string };

/** A rule about single files: which it reads, and what is wrong with one, as `line: complaint`. */
export type Check = { name: string; reads: (path: string) => boolean; complaints: (source: Source) => string[] };

export function judge({ reads, complaints }: Check, sources: Source[]): string[] {
  return sources.filter(({ path }) => reads(path)).flatMap((it) => complaints(it).map((line) => `${it.path}:${line}`));
}

/** A rule that is a list of patterns: what must not be in a file's text. */
export function forbid(name: string, reads: Check["reads"], ...patterns: RegExp[]): Check {
  const complaints = ({ text }: Source): string[] =>
    text.split("\n").flatMap((line, index) =>
      patterns.flatMap((pattern) => {
        const found = pattern.exec(line);
        return found === null ? [] : [`${index + 1}: ${found[0].trim()}`];
      }),
    );
  return { name, reads, complaints };
}

export const isCode = (path: string): boolean => /\.(ts|tsx|mts|js|mjs)$/.test(path);
export const isTest = (path: string): boolean => /\.test\.ts$/.test(path) || path.startsWith("test/");
