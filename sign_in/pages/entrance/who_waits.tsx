// Says on the pages of the entrance which app waits for the person.

/** The sentence; nothing when no app waits. */
export function WhoWaits({ oauthQuery, appName }: WhoWaitsProps) {
  if (oauthQuery === "") return null;
  return (
    <p>
      {appName === undefined ? "An app" : <strong>“{appName}”</strong>}{" "}
      wants to work with your Mana data. First show us that it is you.
    </p>
  );
}

/** What the sentence says. */
export interface WhoWaitsProps {
  /** The signed request of the app that waits for the person, word for word; empty: no app waits. */
  readonly oauthQuery: string;
  /** The name that the app gave itself; `undefined`: not known. */
  readonly appName: string | undefined;
}
