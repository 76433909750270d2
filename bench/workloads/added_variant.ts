/** How a setting is called in results; `strict` where each call asks the service. */
export function addedVariant(
  { latencyMs, rows }: { readonly latencyMs: number; readonly rows: number },
  strict = false,
): string {
  return `${rows} rows, ${latencyMs} ms upstream${strict ? ", strict" : ""}`;
}
