/**
 * Freezes a JSON value with all its members. What is kept between calls is handed to filters of tools as it is: frozen,
 * so that none can change what the next call reads. The value must not nest without end (depth.ts).
 */
export function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  for (const member of Object.values(value)) deepFreeze(member);
  Object.freeze(value);
}
