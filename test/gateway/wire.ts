import { connect, type Socket } from "node:net";

/** An answer as it came over the wire: header lines in order, names in their own case, values as latin1. */
export type Answer = Readonly<{
  status: number;
  headers: readonly string[];
  body: Buffer;
  /** False: the connection ended before the answer did. */
  whole: boolean;
}>;

const ROOM_BYTES = 64 * 1024;

/** A connection whose bytes the test chooses one by one. */
export class Wire implements Disposable {
  readonly #socket: Socket;
  /** What came and was not read yet lies in `#room` between these two. */
  #room: Buffer = Buffer.alloc(ROOM_BYTES);
  #from = 0;
  #to = 0;
  #ended: "no" | "closed" | "broken" = "no";
  #wake: () => void = () => {};

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => {
      this.#take(chunk);
      this.#wake();
    });
    this.#socket.on("end", () => this.#end("closed"));
    this.#socket.on("error", () => this.#end("broken"));
    this.#socket.on("close", () => this.#end("closed"));
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Reads no more, until `resume`: what comes fills the buffers on its way, and then its sender has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The next answer; null: the connection ended before one began. `bodiless`: it answers a HEAD. */
  async read(bodiless = false): Promise<Answer | null> {
    for (;;) {
      const found = parse(this.#bytes, bodiless, this.#ended);
      if (found !== null) {
        this.#from += found.bytes;
        return found.answer;
      }
      if (this.#ended !== "no") return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when these characters have come, whole answer or not. */
  async heard(text: string): Promise<void> {
    while (!this.#bytes.includes(text)) {
      if (this.#ended !== "no") throw new Error(`The connection was closed before ${text} came`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the gateway has closed the connection. */
  async closed(): Promise<void> {
    while (this.#ended === "no") {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  get #bytes(): Buffer {
    return this.#room.subarray(this.#from, this.#to);
  }

  /**
   * The room doubles when it is full: copying all that came for each chunk that comes would make a large answer cost its
   * square, and the gateway, which shares this process, would miss its deadlines. Never moved in place: answers lie in it.
   */
  #take(chunk: Buffer): void {
    if (this.#to + chunk.length > this.#room.length) {
      const bytes = this.#bytes;
      this.#room = Buffer.alloc(Math.max(ROOM_BYTES, 2 * (bytes.length + chunk.length)));
      this.#to = bytes.copy(this.#room);
      this.#from = 0;
    }
    this.#to += chunk.copy(this.#room, this.#to);
  }

  #end(how: "closed" | "broken"): void {
    if (this.#ended === "no") this.#ended = how;
    this.#wake();
  }
}

/** One request on a connection of its own. */
export async function exchange(url: string, bytes: string | Uint8Array, bodiless = false): Promise<Answer> {
  using wire = new Wire(url);
  wire.write(bytes);
  const answer = await wire.read(bodiless);
  if (answer === null) throw new Error("The connection was closed without an answer");
  return answer;
}

export type Asked = Readonly<{
  method?: string;
  path?: string;
  /** Name and value in turn. */
  headers?: readonly string[];
  body?: string | Uint8Array;
}>;

/** The bytes of a request, with a length where it has a body. */
export function asking({ method = "POST", path = "/payments", headers = [], body = "{}" }: Asked = {}): Buffer {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const lines = [`${method} ${path} HTTP/1.1`, "Host: gateway.test"];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  if (bytes.length > 0) lines.push(`Content-Length: ${bytes.length}`);
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}

/** The values of one header, whatever its case. */
export function valuesOf(headers: readonly string[], name: string): string[] {
  return headers.filter((_, at) => at % 2 === 1 && headers[at - 1]!.toLowerCase() === name.toLowerCase());
}

/** The one value of a header; undefined: there is none, or more than one. */
export function fieldOf({ headers }: Pick<Answer, "headers">, name: string): string | undefined {
  const values = valuesOf(headers, name);
  return values.length === 1 ? values[0] : undefined;
}

type Parsed = Readonly<{ answer: Answer; bytes: number }>;

function parse(bytes: Buffer, bodiless: boolean, ended: "no" | "closed" | "broken"): Parsed | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [first = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(first.split(" ")[1]);
  const headers = lines.flatMap((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  const from = end + 4;
  const done = (body: Buffer, whole: boolean, to: number): Parsed => ({
    answer: { status, headers, body, whole },
    bytes: to,
  });
  if (bodiless || status < 200 || status === 204 || status === 304) return done(Buffer.alloc(0), true, from);
  if (fieldOf({ headers }, "transfer-encoding") === "chunked") {
    const { parts, to } = unchunk(bytes, from);
    if (to === null && ended === "no") return null;
    return done(Buffer.concat(parts), to !== null, to ?? bytes.length);
  }
  const length = fieldOf({ headers }, "content-length");
  const to = length === undefined ? bytes.length : from + Number(length);
  const whole = length === undefined ? ended === "closed" : bytes.length >= to;
  if (!whole && ended === "no") return null;
  return done(bytes.subarray(from, to), whole, Math.min(to, bytes.length));
}

/** `to` null: the last chunk has not come. */
function unchunk(bytes: Buffer, from: number): Readonly<{ parts: Buffer[]; to: number | null }> {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = line === -1 ? Number.NaN : Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    const ends = Number.isNaN(size) || bytes.length < line + 2 + size + 2;
    if (ends) return { parts, to: null };
    if (size === 0) return { parts, to: line + 4 };
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
