import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";

/** Of iproute2. */
const [IP] = ["ip"] as const;

/** Hosts of one ring, each with an address of its own, so that the wire between two of them can be taken away. */
export type RingNetwork = Disposable &
  Readonly<{
    hosts: readonly string[];
    /** What a program is called with so that it runs on this host. */
    within: (host: number) => readonly string[];
    /** From here on this host sends nothing to the others, and so hears nothing whole of them. Whoever is outside reaches all. */
    cut: (host: number) => void;
    mend: (host: number) => void;
  }>;

/** null: this machine gives us no networks of our own (Linux, root). */
export function ringNetwork(count: number): RingNetwork | null {
  const [bridge, subnet] = [`sml${randomInt(1e6)}`, `10.${randomInt(100, 250)}.${randomInt(1, 250)}`];
  const hosts = Array.from({ length: count }, (_, at) => `${subnet}.${at + 11}`);
  const nameOf = (at: number): string => `${bridge}n${at}`;
  const remove = (): void => {
    for (const at of hosts.keys()) quietly(() => ip("netns", "del", nameOf(at)));
    quietly(() => ip("link", "del", bridge));
  };
  try {
    ip("link", "add", bridge, "type", "bridge");
    ip("addr", "add", `${subnet}.1/24`, "dev", bridge);
    ip("link", "set", bridge, "up");
    for (const [at, host] of hosts.entries()) add(nameOf(at), `${host}/24`, bridge);
  } catch {
    remove();
    return null;
  }
  const others = (at: number): string[] => hosts.filter((_, other) => other !== at);
  return {
    hosts,
    within: (at) => [IP, "netns", "exec", nameOf(at)],
    cut: (at) => {
      for (const other of others(at)) inside(nameOf(at), "route", "add", "blackhole", other);
    },
    mend: (at) => {
      for (const other of others(at)) quietly(() => inside(nameOf(at), "route", "del", "blackhole", other));
    },
    [Symbol.dispose]: remove,
  };
}

function add(name: string, address: string, bridge: string): void {
  ip("netns", "add", name);
  ip("link", "add", `${name}v`, "type", "veth", "peer", "name", "eth0", "netns", name);
  ip("link", "set", `${name}v`, "master", bridge, "up");
  inside(name, "addr", "add", address, "dev", "eth0");
  inside(name, "link", "set", "eth0", "up");
  inside(name, "link", "set", "lo", "up");
}

function inside(name: string, ...args: readonly string[]): void {
  ip("-n", name, ...args);
}

function ip(...args: readonly string[]): void {
  execFileSync(IP, args, { stdio: "ignore" });
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // It is not there, or not any more.
  }
}
