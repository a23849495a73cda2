import { keptNames, openStoreTool, type StoreTool } from "@semel/gateway";
import {
  acceptAdvice,
  compareNames,
  durationText,
  foreignNames,
  type KeptNames,
  type LoadedConfig,
  type Names,
  namesOf,
  namesPath,
  type Rename,
  readNames,
  renameLine,
  writeNames,
} from "@semel/gateway/config";

/** `refused`: why it must not be started with, a line each. `accepted`: what was recorded, in words; null: nothing had to be. */
export type CheckedNames =
  | Readonly<{ kind: "refused"; lines: readonly string[] }>
  | Readonly<{ kind: "good"; accepted: string | null }>;

/** Where the names of the last start are kept. */
type Place = Readonly<{
  where: string;
  read: () => Promise<KeptNames>;
  write: (names: Names) => Promise<void>;
  close: () => Promise<void>;
}>;

/** Against the names of the last start, which the gateway keeps with its store. With `accept` new ones are recorded. */
export async function checkNames(config: LoadedConfig, path: string, accept: boolean): Promise<CheckedNames> {
  const place = await placeOf(config, accept);
  if (place === null) return good(accept ? "No key is renamed: the store keeps nothing." : null);
  try {
    return await compare(config, path, accept, place);
  } finally {
    await place.close();
  }
}

async function compare(config: LoadedConfig, path: string, accept: boolean, place: Place): Promise<CheckedNames> {
  const { where } = place;
  let kept: KeptNames;
  try {
    kept = await place.read();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return refused([`${path}: the names of the last start, ${where}, cannot be read (${code ?? message})`]);
  }
  if (kept.kind === "foreign") return refused([`${path}: ${foreignNames(where)}`]);
  if (kept.kind === "none") return good(accept ? "No key is renamed: nothing was started with this store yet." : null);

  const now = namesOf(config);
  const renames = compareNames(kept.names, now);
  if (renames.length === 0) return good(accept ? "No key is renamed: nothing had to be accepted." : null);
  if (!accept || renames.some(({ acceptable }) => !acceptable)) {
    return refused([...renames.map((rename) => `${path}: ${renameLine(rename)}`), acceptAdvice(path, renames)]);
  }
  // A file without secrets does not forget which naming secret the keys are named with.
  await place.write({ ...now, namingCheck: now.namingCheck ?? kept.names.namingCheck });
  return good(acceptedText(renames, config, path, where));
}

/** null: nothing is kept, or it lies in a store that other machines share and is not opened only to look. */
async function placeOf(config: LoadedConfig, accept: boolean): Promise<Place | null> {
  const file = namesPath(config.store);
  if (file !== null) {
    const write = (names: Names): Promise<void> => writeNames(file, names);
    return { where: file, read: () => readNames(file), write, close: async () => {} };
  }
  if (!accept || config.store.kind === "memory") return null;
  const tool: StoreTool = await openStoreTool(config);
  return {
    where: `the store ${config.store.kind}`,
    read: async () => keptNames(tool.names()),
    write: (names) => tool.keepNames(JSON.stringify(names)),
    close: () => tool.close(),
  };
}

function refused(lines: readonly string[]): CheckedNames {
  return { kind: "refused", lines };
}

function good(accepted: string | null): CheckedNames {
  return { kind: "good", accepted };
}

function acceptedText(renames: readonly Rename[], config: LoadedConfig, path: string, file: string): string {
  const window = durationText(Math.max(...[...config.times.values()].map(({ retryWithinMs }) => retryWithinMs)));
  return [
    "Accepted: these keys are renamed.",
    ...renames.map(({ what }) => `  - ${what}.`),
    "What this means: a retry of what was sent under the old names finds no record. It is taken for a first request and may",
    `run again, so a payment may be made twice, until clients retry nothing from before: ${window} (retryWithin) after the`,
    "last request under the old names. To be safe, stop the gateway for that long before it starts with this file.",
    `Recorded in ${file}. From now on \`semel start -c ${path}\` starts, and the old configuration is refused.`,
  ].join("\n");
}
