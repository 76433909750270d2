// The link from the card of an app to the page of what it did.

/** The link to the page of what an app did. */
export function SeeActivity({ name, activity }: SeeActivityProps) {
  if (activity === undefined) return null;
  return (
    <p class="see">
      <a href={activity} aria-label={`See or undo what it changed: ${name}`}>See or undo what it changed</a>
    </p>
  );
}

/** What the link says. */
export interface SeeActivityProps {
  readonly name: string;
  /** The address of the page; `undefined`: there is none. */
  readonly activity: string | undefined;
}
