/** What is looked at in a page, each with its line. */
export type Page = Readonly<{
  headings: readonly Readonly<{ slug: string; line: number }>[];
  fences: readonly Fence[];
  links: readonly Readonly<{ target: string; line: number }>[];
  /** Texts between backticks, outside of fences. */
  codes: readonly Readonly<{ text: string; line: number }>[];
  tables: readonly Table[];
}>;

/** `info`: what stands after the opening backticks, such as `yaml route`. */
export type Fence = Readonly<{ info: string; text: string; line: number }>;

/** `under`: the slug of the heading before it. */
export type Table = Readonly<{ under: string; head: readonly string[]; rows: readonly Line[]; line: number }>;
export type Line = Readonly<{ cells: readonly string[]; line: number }>;

export function pageOf(text: string): Page {
  const { prose, fences } = split(text);
  const headings = headingsOf(prose);
  return { headings, fences, links: linksOf(prose), codes: codesOf(prose), tables: tablesOf(prose, headings) };
}

/** The lines outside of fences keep their numbers: those inside are empty. */
function split(text: string): { prose: string[]; fences: Fence[] } {
  const prose: string[] = [];
  const fences: Fence[] = [];
  let open: { info: string; lines: string[]; line: number } | null = null;
  for (const [at, line] of text.split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    prose.push(open === null && fence === null ? line : "");
    if (fence === null) open?.lines.push(line);
    else if (open === null) open = { info: fence[1]!.trim(), lines: [], line: at + 1 };
    else {
      fences.push({ info: open.info, text: open.lines.join("\n"), line: open.line });
      open = null;
    }
  }
  if (open !== null) throw new Error(`The fence of line ${open.line} does not end`);
  return { prose, fences };
}

/** As GitHub makes anchors of headings. */
function headingsOf(prose: readonly string[]): Page["headings"] {
  const seen = new Map<string, number>();
  return prose.flatMap((line, at) => {
    const title = /^#{1,6} (.+)$/.exec(line)?.[1];
    if (title === undefined) return [];
    const plain = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-");
    const before = seen.get(plain) ?? 0;
    seen.set(plain, before + 1);
    return [{ slug: before === 0 ? plain : `${plain}-${before}`, line: at + 1 }];
  });
}

function linksOf(prose: readonly string[]): Page["links"] {
  return found(prose, /\]\(([^()\s]+)\)/g).map(({ text, line }) => ({ target: text, line }));
}

function codesOf(prose: readonly string[]): Page["codes"] {
  return found(prose, /`([^`]+)`/g);
}

function found(prose: readonly string[], pattern: RegExp): { text: string; line: number }[] {
  return prose.flatMap((line, at) => [...line.matchAll(pattern)].map(([, text]) => ({ text: text!, line: at + 1 })));
}

function tablesOf(prose: readonly string[], headings: Page["headings"]): Table[] {
  const tables: { under: string; head: string[]; rows: Line[]; line: number }[] = [];
  for (const [at, line] of prose.entries()) {
    if (!line.startsWith("|")) continue;
    const cells = cellsOf(line);
    if (!prose[at - 1]?.startsWith("|")) {
      const under = headings.findLast((heading) => heading.line <= at)?.slug ?? "";
      tables.push({ under, head: cells, rows: [], line: at + 1 });
    } else if (!/^[|\s:-]+$/.test(line)) tables.at(-1)!.rows.push({ cells, line: at + 1 });
  }
  return tables;
}

function cellsOf(line: string): string[] {
  return line
    .replace(/^\|/, "")
    .replace(/\|\s*$/, "")
    .split("|")
    .map((cell) => cell.trim());
}
