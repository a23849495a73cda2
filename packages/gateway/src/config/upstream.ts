import type { Ladder, Word } from "@semel/core/record";
import { outcomes, PROVIDERS, type Provider } from "@semel/core/upstream";
import type { Accounts, Question, Upstream } from "../flow/route.ts";
import { readQuestion } from "./ask.ts";
import { ANSWERS_WITHIN, CONNECT, IDLE, IN_FLIGHT, SETTLE_AFTER, WINDOW } from "./bounds.ts";
import type { Path } from "./document.ts";
import type { UpstreamFile } from "./file.ts";
import { suggestion } from "./nearest.ts";
import { Origin, type Origins, type Picked } from "./origin.ts";
import { type Bound, count, duration, durationText } from "./quantity.ts";
import type { Reading } from "./reading.ts";

/** An upstream with what only a route's policy needs of it. */
export type ReadUpstream = Readonly<{ upstream: Upstream; ladder: Ladder; origins: Origins }>;

/** Node's own servers close a connection after 5 s. */
const IDLE_USUAL_MS = 5_000;

export function readUpstream(
  reading: Reading,
  id: string,
  file: UpstreamFile,
  accounts: Accounts,
): ReadUpstream | null {
  const path = ["upstreams", id];
  const url = readUrl(reading, [...path, "url"], file.url);
  const provider = readProvider(reading, [...path, "provider"], file.provider ?? "generic");
  if (url === null || provider === null) return null;
  const origin = new Origin(reading, [{ name: "upstream", fields: file, path }]);
  const time = (name: string, read: (it: UpstreamFile) => string | undefined, bound: Bound, least: string): number => {
    const { value, path: at } = origin.pick(name, read, least);
    return duration(reading, at ?? path, value, bound);
  };

  const key = origin.pick("key", (it) => it.key, "forward");
  const separate = origin.pick("accounts", (it) => it.accounts, "shared").value === "separate";
  checkForward(reading, path, key, separate, accounts);
  const keyHeader = origin.pick(
    "keyHeader",
    (it) => it.keyHeader,
    provider.keyHeader,
    `provider ${provider.name}`,
  ).value;
  const maxInFlight = origin.pick("maxInFlight", (it) => it.maxInFlight, 256);
  const { ladder, ask } = readLadder(reading, origin, path, file, provider);
  const idleMs = time("timeouts.idle", (it) => it.timeouts?.idle, IDLE, "4s");
  if (idleMs > IDLE_USUAL_MS && ladder.repeat === null) {
    const why = "a request on a connection that the upstream is just closing is in doubt, and it cannot be repeated";
    reading.warn(
      [...path, "timeouts", "idle"],
      `is ${durationText(idleMs)}: unless the upstream keeps them longer, ${why}`,
    );
  }
  const answers = origin.pick<string | null>("answersWithin", (it) => it.answersWithin, null, "undeclared");
  return {
    upstream: {
      id,
      url,
      accountsSeparate: separate,
      key: key.value,
      keyHeader: keyHeader.toLowerCase(),
      words: outcomes(provider, readOverrides(reading, path, file)),
      timeouts: { connectMs: time("timeouts.connect", (it) => it.timeouts?.connect, CONNECT, "2s"), idleMs },
      maxInFlight: count(reading, maxInFlight.path ?? path, maxInFlight.value, IN_FLIGHT),
      answersWithinMs:
        answers.value === null ? null : duration(reading, answers.path ?? path, answers.value, ANSWERS_WITHIN),
      ask,
    },
    ladder,
    origins: origin.origins,
  };
}

function readUrl(reading: Reading, path: Path, text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    reading.refuse(
      path,
      `is ${JSON.stringify(text)}, and must be an http or https URL, such as https://api.bank.example`,
    );
  } else if (url.username !== "" || url.password !== "") {
    reading.refuse(path, "has a credential in it, and a secret must not be written out: let the client send it");
  } else if (url.search !== "" || url.hash !== "") {
    reading.refuse(
      path,
      "has a query or a fragment, and is an origin with an optional path: the request brings the rest",
    );
  } else return url;
  return null;
}

function readProvider(reading: Reading, path: Path, name: string): Provider | null {
  const provider = PROVIDERS.get(name);
  if (provider === undefined) reading.refuse(path, `is unknown: ${suggestion(name, [...PROVIDERS.keys()])}`);
  return provider ?? null;
}

function checkForward(reading: Reading, path: Path, key: Picked<string>, separate: boolean, accounts: Accounts): void {
  if (key.value !== "forward" || separate || accounts.kind === "single") return;
  const said = key.path === null ? "has the default key: forward" : "is forward";
  reading.refuse(
    key.path ?? path,
    `${said}, and accounts may share a credential there: two of them that choose the same key would get each other's ` +
      "answers. Say accounts: separate if each has its own credential at this upstream, or key: derived",
  );
}

type Recovery = Readonly<{ ladder: Ladder; ask: Question | null }>;

function readLadder(
  reading: Reading,
  origin: Origin<UpstreamFile>,
  path: Path,
  file: UpstreamFile,
  provider: Provider,
): Recovery {
  const sendsKey = file.key !== "none";
  const ownWindow = file.recover === undefined && sendsKey ? provider.windowMs : null;
  const least = ownWindow === null ? null : durationText(ownWindow);
  const leastName = ownWindow === null ? "undeclared" : `provider ${provider.name}`;
  const window = origin.pick("recover.repeat.window", (it) => it.recover?.repeat?.window, least, leastName);
  const repeat =
    window.value === null ? null : { windowMs: duration(reading, window.path ?? path, window.value, WINDOW) };
  if (repeat !== null && !sendsKey) {
    reading.refuse(
      [...path, "recover", "repeat"],
      "needs a key that the upstream honours, and key is none: say derived or forward",
    );
  }
  const settle = origin.pick("recover.ask.settleAfter", (it) => it.recover?.ask?.settleAfter, null, "undeclared");
  if (file.recover?.ask === undefined || settle.value === null) return { ladder: { repeat, ask: null }, ask: null };
  const at = [...path, "recover", "ask"];
  const settleAfterMs = duration(reading, [...at, "settleAfter"], settle.value, SETTLE_AFTER);
  return { ladder: { repeat, ask: { settleAfterMs } }, ask: readQuestion(reading, at, file.recover.ask, sendsKey) };
}

type Column = ReadonlyMap<number, Word>;

function readOverrides(reading: Reading, path: Path, file: UpstreamFile): { notSuspect: Column; suspect: Column } {
  const column = (name: "notSuspect" | "suspect"): Column => {
    const words = new Map(Object.entries(file.outcomes?.[name] ?? {}).map(([status, word]) => [Number(status), word]));
    for (const [status, word] of words) {
      const at = [...path, "outcomes", name, String(status)];
      if (status < 300 && word === "noEffect") reading.warn(at, "is noEffect: a success is thrown away and run again");
      if (name === "suspect" && status >= 300 && word === "final") {
        reading.warn(
          at,
          "is final: an answer of a layer in front of the operation would close a key whose effect took place",
        );
      }
    }
    return words;
  };
  return { notSuspect: column("notSuspect"), suspect: column("suspect") };
}
