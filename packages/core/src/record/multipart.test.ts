import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PARTS_MAX, readForm } from "./multipart.ts";
import { Refusal } from "./refusal.ts";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "latin1"));
const hex = (all: readonly Uint8Array[]): string[] => all.map((it) => Buffer.from(it).toString("hex"));

const TYPE = "multipart/form-data; boundary=XX";
const field = (name: string, text: string): string =>
  `--XX\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
const FIELD = field("a", "1");

const read = (body: string, type: string = TYPE): string => {
  const form = readForm(type, bytes(body));
  return JSON.stringify([hex([form.contentType]), hex(form.parts)]);
};
const refuses = (body: string, type: string = TYPE): void => {
  assert.throws(() => read(body, type), Refusal, JSON.stringify([type, body]));
};

test("forms that differ in their boundary only are one form", async () => {
  const form = new FormData();
  form.append("reason", "dup\r\nlicate\r\n--");
  form.append("proof", new File([new Uint8Array([0, 13, 10, 45, 45, 255])], 'bill"ü.png', { type: "image/png" }));
  const reads = await Promise.all(
    [new Response(form), new Response(form)].map(async (sent) => {
      const type = sent.headers.get("content-type") ?? "";
      const { contentType, parts } = readForm(type, new Uint8Array(await sent.arrayBuffer()));
      return { type, all: hex([contentType, ...parts]) };
    }),
  );
  assert.notEqual(reads[0]?.type, reads[1]?.type);
  assert.deepEqual(reads[0]?.all, reads[1]?.all);
  assert.equal(reads[0]?.all.length, 3);
});

test("how a boundary or a parameter is quoted does not matter", () => {
  const one = read(`${FIELD}--XX--\r\n`);
  assert.equal(read(`${FIELD}--XX--`, 'Multipart/Form-Data;BOUNDARY="XX"'), one);
  assert.equal(read(`${FIELD.replace('"a"', "a").replace("Content-D", "CONTENT-d")}--XX--`), one);
  assert.notEqual(read(`${FIELD}--XX--`, `${TYPE}; charset=utf-8`), one);
});

test("names, file names, content types, other fields, bytes and order tell forms apart", () => {
  const head = 'Content-Disposition: form-data; name="a"';
  const part = (fields: string, text = "1"): string => `--XX\r\n${fields}\r\n\r\n${text}\r\n`;
  const forms = [
    "",
    part(head),
    part(head, ""),
    part(head, "1\r\n"),
    part('Content-Disposition: form-data; name="b"'),
    part(`${head}; filename=""`),
    part(`${head}; filename="a"`),
    part(`${head}; filename*=a`),
    part(`${head}\r\nContent-Type: text/plain`),
    part(`${head}\r\nContent-Transfer-Encoding: base64`),
    part(head) + part(head),
    part(head) + field("b", "1"),
    field("b", "1") + part(head),
  ];
  assert.equal(new Set(forms.map((form) => read(`${form}--XX--`))).size, forms.length);
});

test("text of any length and content survives, whatever surrounds it", () => {
  const texts = fc.array(fc.array(fc.constantFrom("\r", "\n", "-", "X", "\r\n--", "--XX", "z"), { maxLength: 6 }));
  fc.assert(
    fc.property(texts, (list) => {
      const contents = list.map((pieces) => pieces.join(""));
      fc.pre(!contents.some((text) => `\r\n${text}\r\n`.includes("\r\n--XX")));
      const form = readForm(TYPE, bytes(`${contents.map((text) => field("a", text)).join("")}--XX--`));
      const expected = contents.map((text) => bytes(text));
      assert.equal(form.parts.length, contents.length);
      form.parts.forEach((part, index) => {
        const tail = part.subarray(part.length - (expected[index]?.length ?? 0));
        assert.deepEqual(tail, expected[index]);
      });
    }),
  );
});

test("a form that is not written exactly as it should be is refused", () => {
  refuses(FIELD);
  refuses("");
  refuses("--XX");
  refuses(`preamble\r\n${FIELD}--XX--`);
  refuses(`${FIELD}--XX--\r\nepilogue`);
  refuses(`${FIELD}--XX--\n`);
  refuses(`${FIELD}--XX--x\n`);
  refuses(`${FIELD.replace("\r\n", "ab")}--XX--`);
  refuses(`${FIELD}--XXY\r\n`);
  refuses(`${FIELD.replaceAll("\r\n", "\n")}--XX--`);
  refuses(`--XX \r\n${FIELD}--XX--`);
  refuses("--XX\r\n\r\nno head\r\n--XX--");
  refuses("--XX\r\n--XX--");
  refuses(`--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--`);
  refuses(`${FIELD.replace("form-data", "attachment")}--XX--`);
  refuses(`${FIELD.replace("name=", "nom=")}--XX--`);
  refuses(`${FIELD.replace('"a"', '"a"; name=b')}--XX--`);
  refuses(`${FIELD.replace('"a"', '"a"; size=1')}--XX--`);
  refuses(`${FIELD.replace("\r\n\r\n", "\r\nContent-Disposition: form-data; name=b\r\n\r\n")}--XX--`);
  refuses(`${FIELD.replace("form-data;", "form-data;\r\n")}--XX--`);
  refuses(`${FIELD.replace('"a"', `"${"a".repeat(5_000)}"`)}--XX--`);
});

test("a content type without a boundary, or with two, is refused", () => {
  const body = `${FIELD}--XX--`;
  for (const type of [
    "",
    "application/json",
    "multipart/mixed; boundary=XX",
    "multipart/form-data",
    `${TYPE}; boundary=XX`,
  ]) {
    refuses(body, type);
  }
  for (const boundary of ["", "X ", "X".repeat(71), "X\\X", 'X"', "é"]) {
    const quoted = boundary.replaceAll(/["\\]/g, "\\$&");
    refuses(`${FIELD}--XX--`.replaceAll("--XX", `--${quoted}`), `multipart/form-data; boundary="${quoted}"`);
  }
  for (const boundary of ["", "XX;", '"XX']) refuses(body, `multipart/form-data; boundary=${boundary}`);
});

test("parts have a limit, and a hostile form takes linear time", () => {
  assert.ok(read(`${FIELD.repeat(PARTS_MAX)}--XX--`).length > 0);
  refuses(`${FIELD.repeat(PARTS_MAX + 1)}--XX--`);
  for (const piece of ["\r", "\r\n--X", "\r\n", "-"]) refuses(FIELD + piece.repeat(1_000_000 / piece.length));
});
