/** A number with about three digits that mean something, thousands set off: `61,400`, `4.05`, `0.0312`. */
export function readable(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 100) return Number(value.toPrecision(3)).toLocaleString("en");
  return String(Number(value.toPrecision(size >= 10 ? 3 : 2)));
}
