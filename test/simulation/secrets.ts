import { type NodeVault, nodeVault } from "@semel/core/vault";

const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const NAMING = secret(1);
const KEYS = { f1: secret(2), f2: secret(3) } as const;
const SEALS = { s1: secret(4), s2: secret(5) } as const;

/**
 * Secrets as they rotate: first every process knows the new ones, then it is used. A process that was not given the new one
 * in time cannot compare or open what others wrote, and must say so.
 */
export const ROTATION: readonly NodeVault[] = [
  vaultOf("f1", ["f1"], "s1", ["s1"]),
  vaultOf("f1", ["f1", "f2"], "s1", ["s1", "s2"]),
  vaultOf("f2", ["f1", "f2"], "s2", ["s1", "s2"]),
];

function vaultOf(
  fingerprint: keyof typeof KEYS,
  knows: readonly (keyof typeof KEYS)[],
  seal: keyof typeof SEALS,
  opens: readonly (keyof typeof SEALS)[],
): NodeVault {
  return nodeVault({
    naming: NAMING,
    fingerprint: { current: fingerprint, keys: Object.fromEntries(knows.map((id) => [id, KEYS[id]])) },
    sealing: { current: seal, keys: Object.fromEntries(opens.map((id) => [id, SEALS[id]])) },
  });
}
