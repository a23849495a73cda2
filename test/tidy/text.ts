import { type Check, forbid, isCode, isTest } from "./check.ts";

/** The patterns are written so that they do not match themselves. */
export const textChecks: Check[] = [
  forbid(
    "types stay on",
    isCode,
    /\bas any\b/,
    /@ts-(ignore|nocheck|expect-error)/,
    /(biome|oxlint|eslint)-(ignore|disable)/,
  ),
  forbid("every test runs", isCode, /\.(only|skip|todo)\(/, /\b(only|todo): (true|["'`])/),
  forbid("nothing is left for later", () => true, /\b(TO(DO)|FIX(ME)|XX(X)|HA(CK))\b/),
  forbid("no path of one machine", () => true, /(?<![\w.@:/-])\/(work|root|home|Users)\/[\w.]/),
  forbid("no paper is quoted that readers do not have", () => true, /\bDES(IGN)(\.md)?\b/),
  forbid(
    "no registry is named",
    () => true,
    /https?:\/\/[^\s"')]*(registry|artifactory|nexus)/,
    /"resolved": "https?:/,
    /_auth(Token)?\s*=/,
  ),
  forbid(
    "a store knows nothing of policy",
    (path) => /^packages\/core\/src\/store\//.test(path) && isCode(path) && !isTest(path),
    /\w*((?<!re)lease|retention|retain|profile)\w*/i,
  ),
];
