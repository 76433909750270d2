import { open } from "../tests/_support/device.ts";

/** A stored value as somebody with this key reads it; `ok: false` for what was sealed with another. */
export async function openValue(
  key: CryptoKey,
  value: unknown,
): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false }> {
  if (typeof value !== "string" || !value.startsWith("enc:")) return { ok: true, value };
  try {
    return { ok: true, value: await open(key, value) };
  } catch {
    return { ok: false };
  }
}

/** Whether two JSON values are the same, in whatever order their keys are; null and nothing are. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null, inOrder) === JSON.stringify(b ?? null, inOrder);
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => left < right ? -1 : 1));
}
