/** Secrets by id. `current` is used for what is new; every id that is listed can still be read. */
export type RotatingSecret = Readonly<{ current: string; keys: Readonly<{ [id: string]: Uint8Array }> }>;

export type Secrets = Readonly<{
  /** Names records and derives upstream keys. Never rotates: another one would name every key anew. At least 32 bytes. */
  naming: Uint8Array;
  fingerprint: RotatingSecret;
  sealing: RotatingSecret;
}>;

const SECRET_BYTES_MIN = 32;
const ID = /^[!-~]{1,255}$/;

/** Throws RangeError where a secret is too short, or a current one is not there. */
export function checkSecrets({ naming, fingerprint, sealing }: Secrets): void {
  requireLength("naming", naming);
  for (const [kind, { current, keys }] of Object.entries({ fingerprint, sealing })) {
    if (keys[current] === undefined)
      throw new RangeError(`secrets.${kind}: its current id ${current} is not among its keys`);
    for (const [id, secret] of Object.entries(keys)) {
      requireLength(`${kind}.${id}`, secret);
      // What was sealed carries its id behind one byte of length.
      if (!ID.test(id))
        throw new RangeError(`secrets.${kind}: an id is 1 to 255 visible ASCII characters, not "${id}"`);
    }
  }
}

function requireLength(name: string, secret: Uint8Array): void {
  if (secret.length >= SECRET_BYTES_MIN) return;
  throw new RangeError(`secrets.${name} has ${secret.length} bytes; it needs at least ${SECRET_BYTES_MIN}`);
}
