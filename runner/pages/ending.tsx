// How a tick ended and when it began, as every page shows it.
import type { TickView } from "./report_view.ts";
import { endingWords, isUnfinished, showInstant } from "./tick_words.ts";

/** The words and the time; null: there was no tick. */
export function Ending({ tick }: { readonly tick: TickView | null }) {
  if (tick === null) return <span class="soft">{endingWords(tick)}</span>;
  return (
    <>
      <span class={isUnfinished(tick) ? "alarm" : undefined}>{endingWords(tick)}</span>{" "}
      <time class="soft" datetime={tick.startedAt}>{showInstant(tick.startedAt)}</time>
    </>
  );
}
