/** One slot of rows 5 and 8, in a process of its own: what makes pairs, and 32 or 256 callers of it. Takes a `PairsSlot`. */

import { PAIRS, type PairsSlot } from "./pairs/pairs.ts";
import { closedLoop } from "./store/slot.ts";

const { name, url, callers, ...times } = JSON.parse(process.argv[2]!) as PairsSlot;
const pairs = await PAIRS[name](url);
const slot = await closedLoop(times, pairs.pair, callers);
await pairs.close();
process.send!(slot, () => process.exit(0));
