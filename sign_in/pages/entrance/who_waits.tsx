// Says on the pages of the entrance what waits for the person: an app, or a page of ours.
import { signedRequestIn } from "../waiting_request.ts";

/** The card; nothing when nothing waits. */
export function WhoWaits({ carried, appName, appPlace }: WhoWaitsProps) {
  if (carried === "") return null;
  if (signedRequestIn(carried) === "") {
    return (
      <div class="waits">
        <p class="who">An app waits for your yes or no.</p>
        <p>First show us that it is you.</p>
      </div>
    );
  }
  return (
    <div class="waits">
      <p class="who">
        {appName === undefined ? "An app" : <strong>“{appName}”</strong>} wants to connect to your Mana data.
      </p>
      <p>
        {appPlace === undefined ? null : (
          <>
            Its answer goes to <strong>{appPlace}</strong>.{" "}
          </>
        )}
        First show us that it is you; then you choose what it may do.
      </p>
    </div>
  );
}

/** What the card says. */
export interface WhoWaitsProps {
  /** What waits for the person, as pages carry it (waiting_request.ts); empty: nothing waits. */
  readonly carried: string;
  /** The name that the app gave itself; `undefined`: not known, or no app waits. */
  readonly appName: string | undefined;
  /** Where the app gets its answer, in words; `undefined`: no app waits. */
  readonly appPlace: string | undefined;
}
