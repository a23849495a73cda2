import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";

export type ProxyName = "nginx" | "haproxy";

const PROGRAMS: Readonly<Record<ProxyName, string>> = { nginx: "/usr/sbin/nginx", haproxy: "/usr/sbin/haproxy" };
const STARTS_WITHIN_MS = 10_000;

/** false: it is installed. Else why the tests that need it are skipped; a machine that promises to have it fails instead. */
export function absence(name: ProxyName): string | false {
  if (existsSync(PROGRAMS[name])) return false;
  const why = `${PROGRAMS[name]} is not installed: npm run services -- up ${name}`;
  if (process.env["SEMEL_REQUIRE_SERVICES"] === "1") throw new Error(why);
  console.error(`SKIPPED: ${why}`);
  return why;
}

/** A real proxy in front of a gateway, a process of its own whose files lie in a folder that goes with it. */
export class FrontProxy implements AsyncDisposable {
  readonly urls: readonly string[];
  readonly #folder: string;
  readonly #child: ChildProcess;
  #output = "";

  private constructor(folder: string, child: ChildProcess, ports: readonly number[]) {
    this.#folder = folder;
    this.#child = child;
    this.urls = ports.map((port) => `http://127.0.0.1:${port}`);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString("latin1");
      });
    }
  }

  /** It listens on two ports: as it is shipped, and as lenient as it can be told to be. */
  static async start(name: ProxyName, gateway: string): Promise<FrontProxy> {
    const folder = await mkdtemp(join(tmpdir(), `semel-${name}-`));
    const ports = [await freePort(), await freePort()] as const;
    const file = join(folder, "proxy.conf");
    await writeFile(file, (name === "nginx" ? nginx : haproxy)(folder, ports, new URL(gateway).host));
    const args = name === "nginx" ? ["-p", folder, "-e", "stderr", "-c", file] : ["-db", "-f", file];
    const child = spawn(PROGRAMS[name], args, { stdio: ["ignore", "pipe", "pipe"] });
    const proxy = new FrontProxy(folder, child, ports);
    for (const port of ports) await proxy.#listening(port);
    return proxy;
  }

  /** What it says that it took, a line a request: status and request line. */
  async log(): Promise<string> {
    return this.#output + (await readFile(join(this.#folder, "access.log"), "latin1").catch(() => ""));
  }

  async #listening(port: number): Promise<void> {
    const until = performance.now() + STARTS_WITHIN_MS;
    while (performance.now() < until && this.#child.exitCode === null) {
      const socket = connect(port, "127.0.0.1");
      const [connected] = await Promise.race([
        once(socket, "connect").then(() => [true]),
        once(socket, "close").then(() => [false]),
      ]).catch(() => [false]);
      socket.destroy();
      if (connected) return;
      await sleep(20);
    }
    throw new Error(`The proxy does not listen:\n${this.#output}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGTERM");
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** One port as it is shipped, which reads a body whole; one that streams, and lets names through that it does not know. */
function nginx(folder: string, [shipped, lenient]: readonly [number, number], gateway: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  const location = `location / { proxy_pass http://gateway; proxy_http_version 1.1; proxy_set_header Connection ""; }`;
  return `daemon off; master_process off; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 1024; }
http {
  ${temporary.join(" ")}
  log_format plain '$status $request';
  access_log ${folder}/access.log plain;
  upstream gateway { server ${gateway}; keepalive 16; }
  server { listen 127.0.0.1:${shipped}; ${location} }
  server {
    listen 127.0.0.1:${lenient};
    ignore_invalid_headers off; underscores_in_headers on; large_client_header_buffers 8 64k; proxy_request_buffering off; merge_slashes off;
    ${location}
  }
}
`;
}

function haproxy(_: string, [shipped, lenient]: readonly [number, number], gateway: string): string {
  return `global
  log stdout format raw local0 info
  maxconn 500
defaults
  mode http
  log global
  log-format "%ST %r"
  timeout client 5s
  timeout connect 2s
  timeout server 5s
  http-reuse always
frontend shipped
  bind 127.0.0.1:${shipped}
  default_backend gateway
frontend lenient
  bind 127.0.0.1:${lenient}
  option accept-invalid-http-request
  default_backend gateway
backend gateway
  option accept-invalid-http-response
  server one ${gateway}
`;
}
