// The links between the two pages of what apps do: what they changed, and what they were handed.
import { ACTIVITY_PATH, type ActivityPath, SEEN_PATH } from "./activity_query.ts";

/** The links, on the page `at`. */
export function ActivityPages({ at }: { readonly at: ActivityPath }) {
  return (
    <nav aria-label="What they did" class="tabs">
      {([[ACTIVITY_PATH, "Changed"], [SEEN_PATH, "Handed"]] as const).map(([path, words]) => (
        <a key={path} href={path} aria-current={path === at ? "page" : undefined}>{words}</a>
      ))}
    </nav>
  );
}
