import assert from "node:assert/strict";
import { test } from "node:test";
import { KeyHistory } from "./history.ts";
import { type Loss, NO_LOSS, QUARANTINE } from "./loss.ts";
import { type FoundState, judge, type Ledger } from "./oracle.ts";
import type { Told } from "./told.ts";

const CREATED: Told = {
  askedAt: 10,
  status: 201,
  word: "fresh",
  run: "r",
  retryAfterMs: null,
  digest: "a",
  essence: "a",
  text: "201 a",
};
const REFUSED: Told = { ...CREATED, status: 402, digest: "no", essence: "no", text: "402 no" };

type Scene = Readonly<{
  hears?: readonly (readonly [told: Told | null, at: number])[];
  others?: readonly (Told | null)[];
  effects?: number;
  othersEffects?: number;
  state?: FoundState;
  doubtAllowed?: boolean;
  loss?: Loss;
}>;

/** The kinds of violation that the judge finds, and how many keys it cannot explain. */
function verdictOn(scene: Scene) {
  const {
    hears = [],
    others = [],
    effects = 1,
    othersEffects = 0,
    state,
    doubtAllowed = false,
    loss = NO_LOSS,
  } = scene;
  const history = new KeyHistory("ask", "k1", loss);
  for (const [told, at] of hears) history.hear(told, at);
  for (const told of others) history.hearOther(told, 50);
  const byReference = { [history.reference]: effects, [history.otherReference]: othersEffects };
  const ledger: Ledger = { effects, byKey: { '"k1"': effects + othersEffects }, byReference };
  const states = new Map(state === undefined ? [] : [["k1", state] as const]);
  const verdict = judge({ histories: [history], ledger, states, doubtAllowed });
  return {
    kinds: verdict.violations.map(({ kind }) => kind),
    unexplained: verdict.unexplained.map(({ detail }) => detail),
    inDoubt: verdict.inDoubt,
  };
}

const CLEAN = { kinds: [], unexplained: [], inDoubt: 0 };

test("one effect, one answer and its replays are in order", () => {
  const replay = { ...CREATED, word: "replayed", askedAt: 30 };
  const hears = [
    [null, 5],
    [CREATED, 20],
    [replay, 40],
  ] as const;
  assert.deepEqual(verdictOn({ hears }), CLEAN);
});

test("a refusal without an effect is in order", () => {
  assert.deepEqual(verdictOn({ hears: [[REFUSED, 20]], effects: 0 }), CLEAN);
});

test("two effects under one key are found", () => {
  assert.deepEqual(verdictOn({ hears: [[CREATED, 20]], effects: 2 }).kinds, ["two effects"]);
});

test("two effects are found where the bank saw another key for each", () => {
  const history = new KeyHistory("neither", "k1");
  history.hear(CREATED, 20);
  const ledger = { effects: 2, byKey: {}, byReference: { [history.reference]: 2 } };
  const { violations } = judge({ histories: [history], ledger, states: new Map(), doubtAllowed: true });
  assert.deepEqual(
    violations.map(({ kind }) => kind),
    ["two effects"],
  );
});

test("a success without an effect is found", () => {
  assert.deepEqual(verdictOn({ hears: [[CREATED, 20]], effects: 0 }).kinds, ["success without effect"]);
});

test("a final failure with an effect is found", () => {
  assert.deepEqual(verdictOn({ hears: [[REFUSED, 20]], effects: 1 }).kinds, ["failure with effect"]);
});

test("an answer that says nothing happened is not final, whatever its word", () => {
  for (const status of [401, 403, 409, 425, 429, 503]) {
    const told = { ...REFUSED, status };
    assert.deepEqual(verdictOn({ hears: [[told, 20]], effects: 1, state: "completed" }).kinds, []);
  }
});

test("two final answers are found", () => {
  const other = { ...CREATED, askedAt: 30, digest: "b", text: "201 b" };
  assert.deepEqual(
    verdictOn({
      hears: [
        [CREATED, 20],
        [other, 40],
      ],
    }).kinds,
    ["two answers"],
  );
});

test("a final answer that a later request does not get is found", () => {
  for (const word of ["in-doubt", "pending", "conflict"]) {
    const later = { ...CREATED, askedAt: 30, status: 409, word };
    assert.deepEqual(
      verdictOn({
        hears: [
          [CREATED, 20],
          [later, 40],
        ],
      }).kinds,
      ["answer lost"],
      word,
    );
  }
});

test("what was asked before the final answer was told may say anything, and a gateway that cannot look says nothing", () => {
  const early = { ...CREATED, askedAt: 15, status: 409, word: "conflict" };
  const down = { ...CREATED, askedAt: 30, status: 503, word: "unavailable" };
  assert.deepEqual(
    verdictOn({
      hears: [
        [CREATED, 20],
        [early, 25],
        [down, 40],
      ],
    }),
    CLEAN,
  );
});

test("an upstream's 503 after a final answer is found: something was sent again", () => {
  const sent = { ...CREATED, askedAt: 30, status: 503, word: "fresh" };
  assert.deepEqual(
    verdictOn({
      hears: [
        [CREATED, 20],
        [sent, 40],
      ],
    }).kinds,
    ["answer lost"],
  );
});

test("another body is told of the mismatch; any other answer is found", () => {
  const mismatch = { ...CREATED, status: 422, word: "mismatch" };
  const down = { ...CREATED, status: 503, word: "unavailable" };
  assert.deepEqual(verdictOn({ hears: [[CREATED, 20]], others: [mismatch, down, null] }), CLEAN);
  for (const wrong of [CREATED, { ...mismatch, status: 409, word: "conflict" }, { ...mismatch, word: "fresh" }]) {
    assert.deepEqual(verdictOn({ hears: [[CREATED, 20]], others: [wrong] }).kinds, ["mismatch answered"]);
  }
});

test("an effect of another body is found, also where its answer was never seen", () => {
  const { kinds } = verdictOn({ hears: [[CREATED, 20]], othersEffects: 1 });
  assert.deepEqual(kinds, ["two effects", "mismatch took effect"]);
});

test("a key without an answer is explained by doubt, and only where no rung is left", () => {
  const doubt = { hears: [[null, 20]] as const, state: "in-doubt" as const };
  assert.deepEqual(verdictOn({ ...doubt, doubtAllowed: true }), { ...CLEAN, inDoubt: 1 });
  assert.deepEqual(verdictOn(doubt), { ...CLEAN, inDoubt: 1, unexplained: ["in doubt although a rung is left"] });
});

test("a key that is still open, or was forgotten, is unexplained", () => {
  for (const state of ["running", "idle", "completed", "unreadable", "unknown"] as const) {
    assert.equal(verdictOn({ state, doubtAllowed: true }).unexplained.length, 1, state);
  }
  assert.equal(verdictOn({ doubtAllowed: true }).unexplained.length, 1);
});

const LOST: Loss = { kind: "loss", covers: (at) => at <= 30 };
const PENDING: Told = { ...CREATED, status: 409, word: "pending", askedAt: 35, digest: "p", essence: "p" };
/** As a bank shows it that is asked: the headers of the first answer are gone. */
const FOUND: Told = { ...CREATED, word: "recovered", askedAt: 45, digest: "b", text: "201 without headers" };

test("an answer that the store has lost may be pending until it is found again, with its status and its body", () => {
  const hears = [
    [CREATED, 20],
    [PENDING, 40],
    [FOUND, 50],
    [{ ...FOUND, word: "replayed", askedAt: 55 }, 60],
  ] as const;
  assert.deepEqual(verdictOn({ hears, loss: LOST }), CLEAN);
  assert.deepEqual(verdictOn({ hears }).kinds, ["answer lost", "two answers", "two answers"]);
});

test("an answer that the store has lost and never found again is found", () => {
  const hears = [
    [CREATED, 20],
    [PENDING, 40],
  ] as const;
  assert.deepEqual(verdictOn({ hears, loss: LOST }).kinds, ["answer lost"]);
});

test("an answer that comes back with another body is found, whatever the store has lost", () => {
  const hears = [
    [CREATED, 20],
    [{ ...FOUND, essence: "c" }, 50],
  ] as const;
  assert.deepEqual(verdictOn({ hears, loss: LOST }).kinds, ["two answers"]);
});

test("an answer that was told after the loss may not be forgotten", () => {
  const hears = [
    [{ ...CREATED, askedAt: 31 }, 40],
    [{ ...PENDING, askedAt: 45 }, 50],
  ] as const;
  assert.deepEqual(verdictOn({ hears, loss: LOST }).kinds, ["answer lost"]);
});

test("a pending key is bound to its body, but where a quarantine may be opening nothing is stored of it yet", () => {
  const bound = [NO_LOSS, QUARANTINE].map((loss) => {
    const history = new KeyHistory("ask", "k1", loss);
    history.hear(PENDING, 40);
    return history.bound;
  });
  assert.deepEqual(bound, [true, false]);
});
