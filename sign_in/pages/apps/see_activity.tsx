// The links from the card of an app to the pages of what it changed, and of what it was handed.
import { appAddress, SEEN_PATH } from "../activity/activity_query.ts";

/** The links. */
export function SeeActivity({ name, activity }: SeeActivityProps) {
  if (activity === undefined) return null;
  return (
    <>
      <p class="see">
        <a href={appAddress(activity)} aria-label={`See or undo what it changed: ${name}`}>
          See or undo what it changed
        </a>
      </p>
      <p class="see">
        <a href={appAddress(activity, SEEN_PATH)} aria-label={`See what it was handed: ${name}`}>
          See what it was handed
        </a>
      </p>
    </>
  );
}

/** What the links say. */
export interface SeeActivityProps {
  readonly name: string;
  /** The key of the app; `undefined`: there are no such pages. */
  readonly activity: string | undefined;
}
