import type { Settings } from "../settings.ts";

/** What every row is given. */
export type Run = Readonly<{ settings: Settings; folder: string; heard: (line: string) => void }>;
