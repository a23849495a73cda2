import assert from "node:assert/strict";
import {
  CorruptError,
  decodeRecord,
  encodeRecord,
  type KeyRecord,
  openAnswer,
  openSecrets,
  type RecordKey,
} from "@semel/core/record";
import { type Authority, AuthorityError, decodeAuthority, encodeAuthority } from "@semel/core/store/authority";
import { nodeVault } from "@semel/core/vault";
import { OTHERS, record, STATES } from "../../kernel/cases.ts";
import { parser, type Target } from "./fuzzer.ts";

const secret = (fill: number): Buffer => Buffer.alloc(32, fill);
const rotating = (id: string, fill: number) => ({ current: id, keys: { [id]: secret(fill) } });
const vault = nodeVault({ naming: secret(1), fingerprint: rotating("f1", 2), sealing: rotating("s1", 3) });
const KEY = "k".repeat(43) as RecordKey;
const ANSWER = { status: 201, headers: ["Content-Type", "application/json"], body: Buffer.from('{"id":"pay_1"}') };

const RECORDS: readonly KeyRecord[] = Object.values(STATES).map((state) =>
  record({
    state,
    open: state.kind === "completed" ? [] : OTHERS,
    answer: state.kind === "completed" ? { clear: ANSWER } : null,
  }),
);
const DOCS = RECORDS.map((each) => Uint8Array.from(encodeRecord(each, KEY, vault)));

/** Where a doc's head begins, as codec.ts says. */
const HEAD_AT = 18;

/** A broken promise of the right kind, or what was written. Anything else passes through and is a finding. */
function orCorrupt<T>(read: () => T): T | "corrupt" {
  try {
    return read();
  } catch (error) {
    if (error instanceof CorruptError) return "corrupt";
    throw error;
  }
}

export const ROWS: Target = {
  name: "rows of the store",
  seeds: DOCS,
  words: [
    "null",
    '"state":',
    '"kind":"running"',
    '"kind":"idle"',
    "{}",
    "[]",
    "}",
    "{",
    '"open":[]',
    '"format":1',
    "-1",
    '""',
    "S\x01",
  ],
  open: parser((bytes) => {
    const read = orCorrupt(() => decodeRecord(bytes));
    if (read === "corrupt") return;
    const secrets = orCorrupt(() => openSecrets(read.secrets, KEY, vault));
    if (secrets !== "corrupt" && secrets !== null) {
      assert.deepEqual(
        secrets,
        { clientKey: "k", upstreamKey: "k", vars: {} },
        "sealed secrets were changed, and opened",
      );
    }
    const answer = read.answer === null ? null : orCorrupt(() => openAnswer(read.answer!, KEY, vault));
    if (answer !== "corrupt" && answer !== null) {
      assert.deepEqual(
        { ...answer, body: Buffer.from(answer.body) },
        ANSWER,
        "a sealed answer was changed, and opened",
      );
    }
    const again = Buffer.from(encodeRecord(read, KEY, vault));
    const headEnd = HEAD_AT + again.readUInt32BE(6);
    const sameHead = again.subarray(HEAD_AT, headEnd).equals(bytes.subarray(HEAD_AT, headEnd));
    assert.ok(!sameHead || again.length === bytes.length, "bytes that belong to no part were read over");
    assert.ok(again.equals(bytes), "a head was read that this version never writes");
  }),
};

const CLEAR = Buffer.from('{"clientKey":"k","upstreamKey":"k","vars":{}}');
const SEALED = [
  vault.seal("secrets", KEY, CLEAR),
  vault.seal("secrets", KEY, Buffer.alloc(0)),
  vault.seal("secrets", KEY, Buffer.alloc(9_000, 7)),
].map((blob) => Uint8Array.from(blob));

export const SEALS: Target = {
  name: "sealed bytes",
  seeds: SEALED,
  words: ["\x02", "s1", "\x02\x02s1", "\0\0\0\0"],
  open: parser((bytes) => {
    const opened = orCorrupt(() => vault.open("secrets", KEY, bytes));
    const at = SEALED.findIndex((blob) => Buffer.from(blob).equals(bytes));
    if (at === -1) return assert.ok(opened === null || opened === "corrupt", "changed bytes were opened");
    const clear = [CLEAR, Buffer.alloc(0), Buffer.alloc(9_000, 7)][at]!;
    assert.ok(opened !== null && opened !== "corrupt" && clear.equals(opened), "what was sealed does not open");
    assert.equal(
      orCorrupt(() => vault.open("answer", KEY, bytes)),
      "corrupt",
      "it opens for another purpose",
    );
  }),
};

const AUTHORITY: Authority = {
  format: 1,
  identity: "a-b",
  lineage: "7711/00000001/5",
  epoch: 3,
  check: "c",
  names: "x",
  quarantines: [{ since: 1, until: 2, endsAt: 3, why: "a restore" } as Authority["quarantines"][number]],
};

export const AUTHORITIES: Target = {
  name: "authority rows",
  seeds: [encodeAuthority(AUTHORITY), encodeAuthority({ ...AUTHORITY, quarantines: [] })],
  words: ['"format":', '"epoch":', "1e400", "-1", "null", "[]", "{}", '""', "2", "0.5", '"quarantines":'],
  open: parser((bytes) => {
    try {
      const { format, identity, epoch, check, quarantines } = decodeAuthority(bytes);
      assert.ok(
        format === 1 && Number.isSafeInteger(epoch) && typeof identity === "string" && typeof check === "string",
      );
      assert.ok(
        quarantines.every(
          (each) => typeof each === "object" && [each?.since, each?.until, each?.endsAt].every(Number.isSafeInteger),
        ),
        "a quarantine without its times",
      );
    } catch (error) {
      if (!(error instanceof CorruptError || error instanceof AuthorityError)) throw error;
    }
  }),
};
