/** One slot of row 4, in a process of its own: store.ts bare|store|lmdb FOLDER WARM_MS SLOT_MS. */
import { join } from "node:path";
import { bareLoop } from "./store/bare.ts";
import { lmdbLoop } from "./store/lmdb.ts";
import { storeLoop } from "./store/semel.ts";

const LOOPS = { bare: bareLoop, store: storeLoop, lmdb: lmdbLoop };

const [name, folder, warmMs, slotMs] = process.argv.slice(2) as [keyof typeof LOOPS, string, string, string];
const slot = await LOOPS[name](join(folder, `${name}.db`), { warmMs: Number(warmMs), slotMs: Number(slotMs) });
process.send!(slot, () => process.exit(0));
