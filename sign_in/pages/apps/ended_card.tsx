// The card of an app whose connection ended without the person at this server.
import { dayWord } from "../format_values.ts";
import { SeeActivity } from "./see_activity.tsx";

/** The card. */
export function EndedCard({ id, name, place, activity, endedAt }: EndedApp) {
  const title = `app-${id}`;
  return (
    <article aria-labelledby={title}>
      <h2 id={title}>{name}</h2>
      <p class="soft">It was at {place}</p>
      <p>
        Disconnected on {dayWord(endedAt)}{" "}
        because you changed your password or signed out everywhere. Connect it again from the app.
      </p>
      <SeeActivity name={name} activity={activity} />
    </article>
  );
}

/** An app whose connection ended because the person's session at the auth service did. */
export interface EndedApp {
  /** Id of the grant. */
  readonly id: string;
  readonly name: string;
  readonly place: string;
  /** The key of the app, for the pages of what it did; `undefined`: there are none. */
  readonly activity: string | undefined;
  readonly endedAt: number;
}
