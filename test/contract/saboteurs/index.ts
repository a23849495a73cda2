import { docSaboteurs } from "./doc.ts";
import { dueSaboteurs } from "./due.ts";
import type { Saboteur } from "./handle.ts";
import { lifeSaboteurs, pageSaboteurs } from "./life.ts";
import { outboxSaboteurs } from "./outbox.ts";
import { swapSaboteurs } from "./swap.ts";

export { type Saboteur, sabotaged } from "./handle.ts";

export const saboteurs: readonly Saboteur[] = [
  ...swapSaboteurs,
  ...docSaboteurs,
  ...dueSaboteurs,
  ...outboxSaboteurs,
  ...pageSaboteurs,
  ...lifeSaboteurs,
];
