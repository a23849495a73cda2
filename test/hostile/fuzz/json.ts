import { holdCanonical } from "../json-peer.ts";
import { CASES } from "../json-suite.ts";
import { parser, type Target } from "./fuzzer.ts";

const LONG_BYTES = 4_096;

export const CANONICAL_JSON: Target = {
  name: "canonical JSON",
  seeds: CASES.filter(({ bytes }) => bytes.length < LONG_BYTES).map(({ bytes }) => bytes),
  words: [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\u0061",
    "\\ud83d",
    "\\ude00",
    "1e400",
    "-0",
    "1.0",
    "971992547409930e1",
    "9007199254740993",
    "null",
    '"a":1',
    "\ufeff",
    "\u00a0",
  ],
  open: parser((bytes) => void holdCanonical(bytes)),
};
