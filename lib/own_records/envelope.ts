// The envelope of a text that the gateway keeps for itself in a person's space: `mcp:1:` + base64url(iv) + `.` + base64url(ciphertext
// and tag), AES-256-GCM, bound to the place that the text stands in. The apps' `enc:1:` has no such binding (sealing/cipher.ts).
// Knows neither where keys come from nor how records travel.

/**
 * Seals a text for one place. Throws TypeError for a text with half a surrogate pair, which would come back as another text, and for
 * a place that could be taken for another one.
 */
export async function sealText(key: CryptoKey, place: Place, text: string): Promise<string> {
  const additionalData = bytesOfPlace(place);
  if (additionalData === null) {
    throw new TypeError("Cannot seal a text: its place has an empty or broken part");
  }
  if (!text.isWellFormed()) throw new TypeError("Cannot seal a text with half a surrogate pair");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const tail = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData },
    key,
    new TextEncoder().encode(text),
  );
  return `${PREFIX}${toBase64Url(iv)}.${toBase64Url(new Uint8Array(tail))}`;
}

/**
 * Opens a text that was sealed for this place with this key; null for everything else. Never throws for stored text. No two texts
 * open alike by their form alone: base64url has no padding and no spare bits here.
 */
export async function openText(key: CryptoKey, place: Place, sealed: string): Promise<string | null> {
  if (!isEnvelope(sealed) || sealed[PREFIX.length + IV_CHARS] !== ".") return null;
  const iv = fromBase64Url(sealed.slice(PREFIX.length, PREFIX.length + IV_CHARS));
  const tail = fromBase64Url(sealed.slice(PREFIX.length + IV_CHARS + 1));
  const additionalData = bytesOfPlace(place);
  if (iv === null || tail === null || additionalData === null) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, tail);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    // Another key, another place and altered bytes cannot be told apart, and need not be.
    return null;
  }
}

/** Whether a stored value claims to be an envelope that {@link openText} reads. */
export function isEnvelope(value: unknown): value is string {
  return typeof value === "string" && value.startsWith(PREFIX);
}

/** Where a sealed text belongs: whoever can write rows cannot move the text to another place. */
export interface Place {
  /** `sub` of the person. */
  readonly subject: string;
  readonly table: string;
  readonly recordId: string;
  readonly field: string;
}

const PREFIX = "mcp:1:";
const IV_BYTES = 12;
const IV_CHARS = 16;

/**
 * The place as associated data, parted by U+0000. Null when a part is empty, holds the character itself or has half a surrogate
 * pair, which UTF-8 writes as U+FFFD: two places would have the same bytes.
 */
function bytesOfPlace({ subject, table, recordId, field }: Place): Uint8Array<ArrayBuffer> | null {
  const parts = [subject, table, recordId, field];
  if (parts.some((part) => part === "" || part.includes("\0") || !part.isWellFormed())) return null;
  return new TextEncoder().encode(parts.join("\0"));
}

function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The bytes of a text that {@link toBase64Url} would write in exactly this way; null for anything else. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return toBase64Url(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
