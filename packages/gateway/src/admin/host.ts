const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a Host header names us. A page that a browser loaded from elsewhere can have its own name resolve to loopback
 * (DNS rebinding); its requests still carry that name.
 */
export function hostCheck(hosts: readonly string[]): (host: string | undefined) => boolean {
  const known = new Set([...LOOPBACK, ...hosts.map((host) => withoutPort(host.toLowerCase()))]);
  return (host) => host !== undefined && known.has(withoutPort(host.toLowerCase()));
}

function withoutPort(host: string): string {
  return host.replace(/:\d{1,5}$/, "");
}
