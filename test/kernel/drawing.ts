import type { Command, Word } from "../../packages/core/src/record/command.ts";
import { decide } from "../../packages/core/src/record/decide.ts";
import { after, type Instant } from "../../packages/core/src/record/instant.ts";
import type { Ladder, Policy } from "../../packages/core/src/record/policy.ts";
import type { Attempt, KeyRecord, State } from "../../packages/core/src/record/record.ts";
import { asOf } from "../../packages/core/src/record/suspicion.ts";
import { ANSWER, BY, fence, LADDERS, NOW, OTHERS, POLICY, record, request, STATES } from "./cases.ts";

const success = { sense: "success", status: 201, digest: "a" } as const;
const WORDS: readonly Word[] = ["final", "noEffect", "ambiguous"];
const askedBy = fence(4);

/** Every command, under the name that the drawing gives it. */
const COMMANDS: readonly (readonly [label: string, command: Command])[] = [
  ["claim", { kind: "claim", attempt: fence(9), request: request("same"), sawRow: false, shadow: false }],
  ...[BY.running, BY.open].flatMap((attempt) =>
    WORDS.map((word): readonly [string, Command] => {
      const outcome = { ...success, source: "upstream" } as const;
      const words = { notSuspect: word, suspect: word };
      return [`answer ${word}`, { kind: "answer", attempt, words, outcome, answer: ANSWER, held: record({}) }];
    }),
  ),
  ...[BY.running, BY.open].flatMap((attempt) =>
    (["unsent", "ambiguous"] as const).map((how): readonly [string, Command] => [
      `end ${how}`,
      { kind: "end", attempt, how, note: "" },
    ]),
  ),
  [
    "asked yes",
    {
      kind: "asked",
      attempt: askedBy,
      askedAt: NOW,
      said: { kind: "yes", outcome: { ...success, source: "asked" }, answer: ANSWER },
    },
  ],
  ["asked no", { kind: "asked", attempt: askedBy, askedAt: after(NOW, 1e8), said: { kind: "no" } }],
  ["asked unknown", { kind: "asked", attempt: askedBy, askedAt: NOW, said: { kind: "unknown", note: "" } }],
  [
    "resolve effect",
    {
      kind: "resolve",
      resolution: { kind: "effect", outcome: { ...success, source: "operator" }, answer: null },
      note: "",
      identity: { route: "pay", account: "a", profile: "ietf-07" },
    },
  ],
  [
    "resolve noEffect",
    { kind: "resolve", resolution: { kind: "noEffect", lookedAt: after(NOW, 1e8) }, note: "", identity: null },
  ],
  ["due", { kind: "due", attempt: fence(9), dueAt: NOW }],
];

/** Each change of state that `decide` makes anywhere, as a line of the drawing. */
export function transitions(): ReadonlySet<string> {
  const lines = new Set<string>();
  for (const ladder of Object.values(LADDERS)) {
    const policy: Policy = { ...POLICY, ladder };
    for (const stored of records(ladder)) {
      for (const now of [NOW, after(NOW, 2 * 86_400_000), after(NOW, 100 * 86_400_000)])
        note(stored, now, policy, lines);
    }
  }
  return lines;
}

function note(stored: KeyRecord | null, now: Instant, policy: Policy, lines: Set<string>): void {
  const seen = stored === null ? null : asOf(stored, now, policy);
  const from = nameOf(seen);
  if (nameOf(stored) !== from) lines.add(`${nameOf(stored)} --> ${from} : lease over`);
  for (const [label, command] of COMMANDS) {
    const decision = decide(stored, command, now, policy);
    if (decision.kind === "drop") lines.add(`${from} --> [*] : ${label}`);
    if (decision.kind !== "swap") continue;
    const to = nameOf(decision.next);
    if (to !== from) lines.add(`${from} --> ${to} : ${label}`);
  }
}

function records(ladder: Ladder): (KeyRecord | null)[] {
  const pins = { upstream: "bank", ladder, deadlineMs: POLICY.deadlineMs };
  const asking: Attempt = { ...OTHERS[0]!, id: askedBy };
  const states: State[] = [
    STATES.running,
    { ...STATES.running, purpose: "ask", attempt: asking },
    { ...STATES.running, purpose: "ask", attempt: asking, doubtSince: NOW },
    STATES.idle,
    STATES.inDoubt,
    STATES.completed,
  ];
  return [
    null,
    ...states.flatMap((state) => {
      const suspects = state.kind === "completed" ? [[]] : state.kind === "inDoubt" ? [OTHERS] : [[], OTHERS];
      return suspects.map((open) => record({ state, open, pins }));
    }),
  ];
}

function nameOf(stored: KeyRecord | null): string {
  if (stored === null) return "[*]";
  const { state } = stored;
  return state.kind === "running" ? (state.purpose === "send" ? "running" : "asking") : state.kind;
}
