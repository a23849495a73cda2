import type { Options } from "../options.ts";

/** What a run of stores has with it. */
export type Run = Readonly<{
  options: Pick<Options, "minutes" | "seed" | "perSecond" | "lyingBanks">;
  folder: string;
  say: (text: string) => void;
  stopped: AbortSignal;
}>;
