import type { RotatingSecret, Secrets } from "@semel/core/vault";
import { TOKEN_CHARS_MIN } from "../admin/access.ts";
import type { Path } from "./document.ts";
import type { ConfigFile, RotatingFile } from "./file.ts";
import type { Reading } from "./reading.ts";
import { secretBytes, secretText } from "./secret.ts";

export type AdminToken = Readonly<{ name: string; role: "viewer" | "operator"; secret: string }>;

/** What HMAC-SHA-256 and AES-256 are given: a shorter secret is weaker than they are. */
const SECRET_BYTES_MIN = 32;

/** null: left out. `semel dev` makes them, `semel start` does not. */
export function readSecrets(reading: Reading, file: ConfigFile["secrets"]): Secrets | null {
  if (file === undefined) return null;
  return {
    naming: strong(reading, ["secrets", "naming"], file.naming),
    fingerprint: rotating(reading, ["secrets", "fingerprint"], file.fingerprint),
    sealing: rotating(reading, ["secrets", "sealing"], file.sealing),
  };
}

function rotating(reading: Reading, path: Path, { current, keys }: RotatingFile): RotatingSecret {
  const ids = Object.keys(keys);
  if (!ids.includes(current)) {
    reading.refuse(
      [...path, "current"],
      `is ${current}, and keys has ${ids.join(", ") || "none"}: add it, or name another`,
    );
  }
  return {
    current,
    keys: Object.fromEntries(ids.map((id) => [id, strong(reading, [...path, "keys", id], keys[id]!)])),
  };
}

function strong(reading: Reading, path: Path, text: string): Uint8Array {
  const bytes = secretBytes(reading, path, text);
  if (bytes !== null && bytes.length < SECRET_BYTES_MIN) {
    const advice = "make one with: openssl rand -base64 32";
    reading.refuse(path, `has ${bytes.length} bytes, and needs at least ${SECRET_BYTES_MIN}: ${advice}`);
  }
  return bytes ?? new Uint8Array();
}

export function readTokens(reading: Reading, file: ConfigFile["admin"]): readonly AdminToken[] {
  const tokens: AdminToken[] = [];
  for (const [at, token] of (file?.tokens ?? []).entries()) {
    const path = ["admin", "tokens", at];
    const secret = secretText(reading, [...path, "secret"], token.secret) ?? "";
    if (secret !== "" && (secret.length < TOKEN_CHARS_MIN || !/^[\x21-\x7e]+$/.test(secret))) {
      const rule = `must have at least ${TOKEN_CHARS_MIN} visible ASCII characters`;
      reading.refuse([...path, "secret"], `${rule}: make one with: openssl rand -base64 32`);
    }
    if (tokens.some(({ name }) => name === token.name)) {
      reading.refuse([...path, "name"], `is ${token.name} again: the name is the operator's identity`);
    }
    const twin = tokens.find((other) => other.secret === secret && other.name !== token.name);
    if (secret !== "" && twin !== undefined) {
      const reason = "one person could approve their own word under two names";
      reading.refuse([...path, "secret"], `is that of ${twin.name} too, and ${reason}: make another one`);
    }
    tokens.push({ name: token.name, role: token.role, secret });
  }
  return tokens;
}
