import type { Mutant } from "../simulation/mutants/mutant.ts";

/** A link to a file that proves something, and the words in it that stand for the proof. */
export type Proof = Readonly<{ label: string; path: string; words: readonly string[] }>;

const PROOF = /\[`([^`]+)`\]\(([^()\s]+)\)((?:,?(?: and)? "[^"]+")*)/g;
const MUTANTS_OF_PEERS = "test/simulation/mutants/";

/** Each link in a row is a proof: [`path`](path) "words", "words". */
export function proofsIn(text: string): readonly Proof[] {
  return [...text.matchAll(PROOF)].map(([, label = "", path = "", rest = ""]) => ({
    label,
    path,
    words: [...rest.matchAll(/"([^"]+)"/g)].map(([, words]) => words!),
  }));
}

/** Why a proof is none. */
export function whyNot(
  { label, path, words }: Proof,
  texts: ReadonlyMap<string, string>,
  mutants: readonly Mutant[],
): string[] {
  const text = texts.get(path);
  if (label !== path) return [`shows ${label} and links ${path}`];
  if (text === undefined) return [`links ${path}, which is not there`];
  if (words.length === 0) return [`links ${path} without the words that prove it`];
  const said = path.endsWith(".test.ts") ? titlesOf(text) : [text];
  return words.flatMap((word) => {
    if (!said.some((it) => it.includes(word))) return [`quotes "${word}", which is not in ${path}`];
    if (!path.startsWith(MUTANTS_OF_PEERS)) return [];
    const mutant = mutants.find(({ name }) => name === word);
    if (mutant === undefined) return [`takes "${word}" for a mutant`];
    return mutant.verdict === undefined ? [] : [`takes the mutant ${word} for a proof, which lives`];
  });
}

/** What tests and their chapters are called. A comment that says the same proves nothing. */
function titlesOf(text: string): readonly string[] {
  const titles = text.matchAll(/\b(?:test|it|describe|suite)\(\s*("(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`)/g);
  return [...titles].map(([, title]) => title!.slice(1, -1).replaceAll("\\", ""));
}
