// The sign-in page where the person's own session at the auth service lets them in. Routes: session_routes.tsx.
import { emailWord } from "../format_values.ts";
import { Layout, type Notice } from "../layout.tsx";
import { WhoWaits } from "./who_waits.tsx";

/** The page. */
export function SessionPage(
  { form, carried, appName, appPlace, email, loginUrl, here, notice }: SessionProps,
) {
  return (
    <Layout title={titleFor(email, appName)} notice={notice}>
      <WhoWaits carried={carried} appName={appName} appPlace={appPlace} />
      {email === undefined
        ? (
          <>
            <p>You are not signed in to Mana in this browser.</p>
            <p class="next">
              <a href={loginUrl} target="_blank" rel="noopener">Sign in to Mana (opens a new tab)</a>
            </p>
            <p>
              Come back here afterwards: <a href={here}>I have signed in, go on</a>
            </p>
          </>
        )
        : (
          <form method="post" action="/sign-in">
            <input type="hidden" name="form" value={form} />
            <input type="hidden" name="q" value={carried} />
            {email === "" ? null : (
              <p>
                You are signed in to Mana as <strong>{emailWord(email)}</strong>.
              </p>
            )}
            <button type="submit">Continue</button>
          </form>
        )}
    </Layout>
  );
}

function titleFor(email: string | undefined, appName: string | undefined): string {
  if (email === undefined) return "Sign in to Mana first";
  return appName === undefined ? "Go on to your apps" : `Go on to “${appName}”`;
}

/** What the page shows. */
export interface SessionProps {
  /** Token of the form. */
  readonly form: string;
  /** What waits for the person, as pages carry it (waiting_request.ts); empty: nothing waits. */
  readonly carried: string;
  readonly appName: string | undefined;
  readonly appPlace: string | undefined;
  /** Who is signed in at the auth service; empty: that was not asked this time; `undefined`: nobody. */
  readonly email: string | undefined;
  /** Where people sign in at the auth service. */
  readonly loginUrl: string;
  /** This page with the waiting request. */
  readonly here: string;
  readonly notice: Notice | undefined;
}
