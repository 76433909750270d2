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

/** Whether two JSON values are the same; null and nothing are. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
