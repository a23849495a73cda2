/** The generator: a closed loop over kept connections, on plain sockets, so that its own share of the cores is small. */
import { randomUUID } from "node:crypto";
import { connect, type Socket } from "node:net";
import { cpuSeconds, familyCpuSeconds } from "./cpu.ts";
import { firstMessage } from "./framing.ts";
import { REQUEST_BODY } from "./payment.ts";

export type Load = Readonly<{
  port: number;
  /** The process under test. */
  pid: number;
  /** The server of a database beside it, whose CPU is counted too. */
  server?: number | undefined;
  /** Keys that are sent again and again, in their order; 0: each request has a new one. */
  keys: number;
  /** How often each of them is sent before the warm-up: once it runs, a second time it is remembered. */
  before: number;
  /** Over how many connections that is done; absent: over all. The others are opened then: a server closes idle ones. */
  primers?: number;
  /** What each answer's head holds while it counts. */
  proof: string;
  warmMs: number;
  slotMs: number;
}>;

/** `answered`: since the warm-up began. */
export type Loaded = Readonly<{
  answered: number;
  requests: number;
  seconds: number;
  cpuSeconds: number;
  serverSeconds: number;
}>;

const CONNECTIONS = 64;

const load = JSON.parse(process.argv[2]!) as Load;
const HEAD = [
  "POST /payments HTTP/1.1",
  `Host: 127.0.0.1:${load.port}`,
  "Accept: application/json",
  "Content-Type: application/json",
  `Content-Length: ${REQUEST_BODY.length}`,
  "Idempotency-Key: ",
].join("\r\n");
const TAIL = `\r\n\r\n${REQUEST_BODY}`;

const keys = Array.from({ length: load.keys }, () => randomUUID());
let [answered, next, proving] = [0, 0, false];

const sockets = await opened(load.primers ?? CONNECTIONS);
for (let times = 0; times < load.before; times += 1) await drive(keys.length);
sockets.push(...(await opened(CONNECTIONS - sockets.length)));
const primed = answered;
void drive(Number.POSITIVE_INFINITY);
await sleep(load.warmMs);
proving = true;
const serverSeconds = (): number => (load.server === undefined ? 0 : familyCpuSeconds(load.server));
const before = { answered, at: performance.now(), cpu: cpuSeconds(load.pid), server: serverSeconds() };
await sleep(load.slotMs);
const loaded: Loaded = {
  answered: answered - primed,
  requests: answered - before.answered,
  seconds: (performance.now() - before.at) / 1_000,
  cpuSeconds: cpuSeconds(load.pid) - before.cpu,
  serverSeconds: serverSeconds() - before.server,
};
process.send!(loaded, () => process.exit(0));

/** Sends `count` requests over all connections, each as soon as the one before it is answered. */
async function drive(count: number): Promise<void> {
  let left = count;
  const lane = async (socket: Socket): Promise<void> => {
    await new Promise<void>((resolve) => {
      const again = (): void => {
        if (left-- <= 0) resolve();
        else socket.write(`${HEAD}"${nextKey()}"${TAIL}`, "latin1");
      };
      hear(socket, again);
      again();
    });
  };
  await Promise.all(sockets.map(lane));
}

function nextKey(): string {
  return keys.length === 0 ? randomUUID() : keys[next++ % keys.length]!;
}

function hear(socket: Socket, again: () => void): void {
  let rest: Buffer | null = null;
  socket.removeAllListeners("data");
  socket.on("data", (chunk: Buffer) => {
    const bytes: Buffer = rest === null ? chunk : Buffer.concat([rest, chunk]);
    const message = firstMessage(bytes);
    rest = message === null ? bytes : null;
    if (message === null) return;
    if (!message.head.startsWith("HTTP/1.1 201 ") || (proving && !message.head.includes(load.proof))) {
      fail(`An answer is not what it must be (${load.proof}):\n${bytes.toString()}`);
    }
    answered += 1;
    again();
  });
}

function opened(count: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, open));
}

async function open(): Promise<Socket> {
  const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  socket.on("close", () => fail("The server closed a connection"));
  socket.on("error", ({ message }) => fail(message));
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
  });
  return socket;
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
