// Makes a JSON value unchangeable, so that one value can be handed to many callers.

/**
 * Freezes a JSON value with all its members. Cached values are handed to the filters of tools without a copy; frozen, so that
 * no filter can change what the next call reads. The value must not nest without end (json.ts).
 */
export function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const member of Object.values(value)) deepFreeze(member);
  Object.freeze(value);
}
