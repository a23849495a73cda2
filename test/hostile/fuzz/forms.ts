import assert from "node:assert/strict";
import { fingerprintMessage } from "@semel/core/record";
import { parser, type Target } from "./fuzzer.ts";

const DISPOSITION = 'Content-Disposition: form-data; name="a"';
const part = (head: string, text: string): string => `--XX\r\n${head}\r\n\r\n${text}\r\n`;
const form = (...parts: readonly string[]): Buffer => Buffer.from(`${parts.join("")}--XX--\r\n`, "latin1");

function read(body: Uint8Array, contentType: string): string | null {
  const request = { method: "POST", path: "/", query: "", contentType, headers: [], body };
  const built = fingerprintMessage(request, "multipart");
  return built.kind === "message" ? Buffer.from(built.message).toString("latin1") : null;
}

export const FORMS: Target = {
  name: "multipart forms",
  seeds: [
    form(),
    form(part(DISPOSITION, "1")),
    form(part(DISPOSITION, "1"), part(`${DISPOSITION}; filename="b.png"\r\nContent-Type: image/png`, "\0\r\n--\xff")),
    form(
      part('content-disposition: Form-Data; name="a\\"b"; filename*=UTF-8\'\'x', "\r\n--XX-"),
      part(DISPOSITION, ""),
    ),
  ],
  words: [
    "--XX",
    "\r\n--XX",
    "\r\n--XX--",
    "--XX--\r\n",
    "\r\n\r\n",
    "\r\n",
    "\n",
    DISPOSITION,
    '; name="b"',
    "; filename=x",
    "Content-Type: a/b",
    "--YY",
  ],
  open: parser((body) => {
    const message = read(body, "multipart/form-data; boundary=XX");
    // Without a body there is nothing to compare part by part.
    if (message === null || body.length === 0) return;
    const text = Buffer.from(body).toString("latin1");
    assert.ok(
      /^--XX(?:\r\n|--)/.test(text) && /--XX--(?:\r\n)?$/.test(text),
      "taken, and it does not stand between boundaries",
    );
    if (text.includes("ZZ")) return;
    // No part may hold the boundary, so that every place of it is one of its own.
    const renamed = Buffer.from(text.replaceAll(/(^|\r\n)--XX/g, "$1--ZZ"), "latin1");
    assert.equal(
      read(renamed, 'Multipart/Form-Data; boundary="ZZ"'),
      message,
      "another boundary makes another form of it",
    );
    const heads = text.match(/content-disposition/gi)?.length ?? 0;
    assert.ok(heads > 0 || text.startsWith("--XX--"), "a part without a disposition was taken");
  }),
};
