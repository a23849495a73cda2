import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import type { Browser, Row } from "@semel/core/record";
import { keys } from "../../packages/cli/src/keys/command.ts";
import { type Scanned, scan } from "../../packages/gateway/src/admin/scan.ts";
import type { KeyLine } from "../../packages/gateway/src/admin/view.ts";
import { ANA } from "./harness.ts";

/** A store whose pages are these, whatever they are asked for. It counts them. */
function browserOf(pages: readonly (readonly string[])[]): Browser & { asked: number } {
  const browser = {
    asked: 0,
    page: async (_: unknown, cursor: string | null) => {
      const at = Number(cursor ?? 0);
      browser.asked += 1;
      const rows = pages[at]!.map((key) => ({ key }) as Row);
      return { rows, next: at + 1 < pages.length ? `${at + 1}` : null };
    },
  };
  return browser;
}

const lineOf = ({ key }: Row): KeyLine =>
  ({ run: key, state: key.startsWith("d") ? "in-doubt" : "completed" }) as KeyLine;
const scanned = (
  browser: Browser,
  state: string | null,
  limit: number,
  cursor: string | null = null,
): Promise<Scanned> => scan(browser, lineOf, { state, route: null, account: null }, limit, cursor);
const runs = ({ keys }: Scanned): string[] => keys.map(({ run }) => run);

describe("Pages that are short or empty though there are more", () => {
  test("are gone beyond by a list, whether all keys are wanted or few", async () => {
    const pages = [[], ["a"], [], [], ["d1", "b"], [], ["d2"], []];
    assert.deepEqual(runs(await scanned(browserOf(pages), null, 50)), ["a", "d1", "b", "d2"]);
    const doubtful = await scanned(browserOf(pages), "in-doubt", 50);
    assert.deepEqual([runs(doubtful), doubtful.next], [["d1", "d2"], null]);
  });

  test("end a list at its limit, which says where to go on", async () => {
    const pages = [[], ["d1"], [], ["d2"]];
    const first = await scanned(browserOf(pages), "in-doubt", 1);
    assert.deepEqual([runs(first), first.next], [["d1"], "2"]);
    const rest = await scanned(browserOf(pages), "in-doubt", 1, first.next);
    assert.deepEqual([runs(rest), rest.next], [["d2"], null]);
  });

  test("do not keep one call busy without end: it says where to go on", async () => {
    const browser = browserOf([...Array.from({ length: 150 }, () => []), ["d1"]]);
    const first = await scanned(browser, "in-doubt", 50);
    assert.deepEqual([runs(first), first.next, browser.asked], [[], "100", 100]);
    assert.deepEqual(runs(await scanned(browser, "in-doubt", 50, first.next)), ["d1"]);
  });

  test("are followed by `semel keys ls`, which prints what it finds behind them", async () => {
    const line = { route: "POST /payments", account: "a1", outcome: null, firstSendAt: null, suspect: true };
    const key = { ...line, run: "A".repeat(43), state: "in-doubt" };
    const answers = [
      { keys: [], next: "1", scanned: 0 },
      { keys: [], next: "2", scanned: 0 },
      { keys: [key], next: null, scanned: 1 },
    ];
    const admin = createServer((request, response) => {
      const cursor = new URL(request.url!, "http://admin").searchParams.get("cursor");
      response.end(JSON.stringify(answers[Number(cursor ?? 0)]));
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => admin.once("listening", resolve));
    let out = "";
    const io = {
      out: (text: string): void => {
        out += text;
      },
      err: () => {},
      env: { SEMEL_ADMIN_TOKEN: ANA.secret },
      now: Date.now,
    };
    const url = `http://127.0.0.1:${(admin.address() as AddressInfo).port}`;
    assert.equal(await keys(["ls", "--state", "in-doubt", "--admin", url], io), 0);
    admin.close();
    assert.match(out, new RegExp(`^${key.run} +in-doubt`, "m"));
    assert.doesNotMatch(out, /There may be more/);
  });
});
