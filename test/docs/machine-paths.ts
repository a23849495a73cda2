import { forbid } from "../tidy/check.ts";
import { isPage } from "./links.ts";

/** Outputs are pasted into pages: the machine that they come from is nobody's. */
export const machinePaths = forbid(
  "no page names a place on one machine",
  isPage,
  /(?<![\w.@:/-])\/(tmp|var|opt|work|root|home|Users)\/[\w.]/,
);
