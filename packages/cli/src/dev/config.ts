export type DevPlan = Readonly<{
  /** Absolute: secrets, token and a store for each kind of upstream are in it, so that neither renames the other's keys. */
  folder: string;
  upstream: Readonly<{ kind: "bank"; url: string } | { kind: "own"; url: string }>;
  gatewayPort: number;
  adminPort: number;
}>;

/**
 * The configuration of `semel dev`, as a file would have it: `semel dev --print-config` shows it, and saved as
 * semel.yaml it is where one's own begins.
 */
export function devConfig({ folder, upstream, gatewayPort, adminPort }: DevPlan): string {
  const at = (name: string): string => JSON.stringify(`\${file:${folder}/${name}}`);
  return `version: 1
store: ${JSON.stringify(`sqlite:${folder}/${upstream.kind}.db`)}
listen:
  gateway: 127.0.0.1:${gatewayPort}
  admin: 127.0.0.1:${adminPort}
secrets:
  naming: ${at("secrets/naming")}
  fingerprint: { current: f1, keys: { f1: ${at("secrets/f1")} } }
  sealing: { current: s1, keys: { s1: ${at("secrets/s1")} } }
admin: { tokens: [{ name: dev, role: operator, secret: ${at("admin.token")} }] }
accounts: single

upstreams:
${upstream.kind === "bank" ? bank(upstream.url) : `  own:\n    url: ${upstream.url}\n`}
defaults:
  key: { required: false }

routes:
  - match: POST,PATCH /**
    upstream: ${upstream.kind}
`;
}

/** The demo bank ignores keys, and can be asked by key: its list is never behind, so a no is final a second after. */
function bank(url: string): string {
  return `  bank:
    url: ${url}
    recover:
      ask:
        settleAfter: 1s
        get: /payments?key={upstreamKey}
        effect: { status: 200, present: /data/0 }
        noEffect: { status: 200, absent: /data/0 }
        answer: { status: 201, body: /data/0 }
`;
}
