// A list that begins short, so that a view stays below the height that hosts give it in a chat, and grows when the person says so.
import { button } from "./element.ts";

/** Hides all but the first rows behind a button that shows them; returns the button, or null where nothing is hidden. */
export function showFirst(rows: readonly HTMLElement[], count: number): HTMLButtonElement | null {
  const later = rows.slice(count);
  // A button that hides one row takes the place of it.
  if (later.length <= 1) return null;
  for (const row of later) row.hidden = true;
  const more = button(`Show ${later.length} more`, () => {
    for (const row of later) row.hidden = false;
    more.remove();
    // The keyboard goes on where the new rows begin.
    later[0]?.querySelector<HTMLElement>("input:not(:disabled), button:not(:disabled)")?.focus();
  });
  return more;
}
