import { forkFile } from "./child.ts";
import { inFolder } from "./place.ts";
import { measureRounds, type Slot } from "./round.ts";
import { type Finding, finding, type Goal } from "./row.ts";
import type { Settings } from "./settings.ts";

const BARE: Goal = {
  figure: "4 SQLite store: pairs/s, against a bare loop of its SQL, 64 per commit",
  of: "perSecond",
  name: "store",
  than: "bare",
  better: "higher",
  must: 0.4,
  aim: 0.65,
};
/** To be ahead of LMDB was hoped for, not required. It is far enough behind us that the aim is required too. */
const LMDB: Goal = {
  ...BARE,
  figure: "4 SQLite store: pairs/s, against LMDB, flushed, same callers",
  than: "lmdb",
  must: 1.3,
  aim: 1.3,
};

type Run = Readonly<{ settings: Settings; folder: string; heard: (line: string) => void }>;

/** Row 4. Each slot is a new process with an empty file. */
export async function storeRows({ settings, folder, heard }: Run): Promise<Finding[]> {
  const { warmMs, slotMs } = settings;
  const measure = (name: string): Promise<Slot> =>
    inFolder(folder, async (slotFolder) => {
      const { first } = await forkFile<Slot>("./store.ts", [name, slotFolder, String(warmMs), String(slotMs)]);
      return first;
    });
  const rounds = await measureRounds(["bare", "store", "lmdb"], settings.rounds, measure, heard);
  return [BARE, LMDB].map((goal) => finding(rounds, goal));
}
