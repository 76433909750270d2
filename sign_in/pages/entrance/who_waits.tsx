// Says on the pages of the entrance what waits for the person: an app, or a page of ours.
import { signedRequestIn } from "../waiting_request.ts";

/** The sentence; nothing when nothing waits. */
export function WhoWaits({ carried, appName }: WhoWaitsProps) {
  if (carried === "") return null;
  if (signedRequestIn(carried) === "") {
    return <p>An app waits for your yes or no. First show us that it is you.</p>;
  }
  return (
    <p>
      {appName === undefined ? "An app" : <strong>“{appName}”</strong>}{" "}
      wants to work with your Mana data. First show us that it is you.
    </p>
  );
}

/** What the sentence says. */
export interface WhoWaitsProps {
  /** What waits for the person, as pages carry it (waiting_request.ts); empty: nothing waits. */
  readonly carried: string;
  /** The name that the app gave itself; `undefined`: not known, or no app waits. */
  readonly appName: string | undefined;
}
