// The secrets of sign-in: which of them seals and signs, and which open. Where they come from is said by settings and data folder.

/** The first secret seals and signs; each of them opens what it sealed. Ids are unique. */
export type Secrets = readonly [Secret, ...Secret[]];

/** One secret. */
export interface Secret {
  /** A whole number; later secrets have higher ids. It stands in the clear before what the secret sealed. */
  readonly id: number;
  /** At least {@link SECRET_LENGTH} characters. */
  readonly text: string;
}

/** Characters of the shortest secret: 32 bytes in base64 are 44. */
export const SECRET_LENGTH = 32;

/** Parses `2:secret,1:older secret`. `undefined`: another form, a secret that is too short, or an id that comes twice. */
export function parseSecrets(text: string): Secrets | undefined {
  const parsed = text.split(",").map(parseSecret);
  const [first, ...others] = parsed;
  if (first === undefined) return undefined;
  const rest = others.filter((secret) => secret !== undefined);
  const isUnique = new Set(parsed.map((each) => each?.id)).size === parsed.length;
  return rest.length === others.length && isUnique ? [first, ...rest] : undefined;
}

/** The id 0 is that of the secret in `secrets.json`. */
export function onlySecret(text: string): Secrets {
  return [{ id: 0, text }];
}

/**
 * The secrets as better-auth takes them: `secrets[0]` signs cookies and requests and is the only one that checks them; each
 * opens what was sealed with its id. `secret` opens what was sealed before secrets had ids: the oldest secret.
 */
export function toProviderSecrets(secrets: Secrets) {
  return {
    secret: oldest(secrets).text,
    secrets: secrets.map(({ id, text }) => ({ version: id, value: text })),
  };
}

/** The secret with the lowest id. */
export function oldest(secrets: Secrets): Secret {
  return secrets.reduce((lowest, secret) => secret.id < lowest.id ? secret : lowest);
}

function parseSecret(entry: string): Secret | undefined {
  const [, id, text] = /^(\d{1,9}):(.*)$/su.exec(entry.trim()) ?? [];
  return id !== undefined && text !== undefined && text.length >= SECRET_LENGTH
    ? { id: Number(id), text }
    : undefined;
}
