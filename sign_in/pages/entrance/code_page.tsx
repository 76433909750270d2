// The page of the second factor. Routes: sign_in_routes.tsx.
import { emailWord } from "../format_values.ts";
import { Layout, type Notice, type Problem } from "../layout.tsx";
import { WhoWaits } from "./who_waits.tsx";

/**
 * The page. A backup code has a form of its own: the keyboard of a phone that opens for `inputmode="numeric"` has no
 * letters.
 */
export function CodePage(props: CodeProps) {
  const { email, problems = [] } = props;
  const isWrong = problems.length > 0;
  return (
    <Layout title="One more step: your code" notice={props.notice} problems={problems}>
      <WhoWaits {...props} />
      <p>
        {email === "" ? null : (
          <>
            You sign in as <strong>{emailWord(email)}</strong>.{" "}
          </>
        )}
        Your account asks for a code as well. Open the app on your phone that makes these codes, and type the
        code that it shows for Mana.
      </p>
      <form method="post" action="/sign-in/code">
        <Carried {...props} />
        <label for="code">Code</label>
        <input
          id="code"
          name="code"
          type="text"
          inputmode="numeric"
          autocomplete="one-time-code"
          aria-invalid={isWrong ? "true" : undefined}
          required
        />
        <button type="submit">Go on</button>
      </form>
      <details>
        <summary>I do not have that phone: use a backup code</summary>
        <form method="post" action="/sign-in/code">
          <Carried {...props} />
          <label for="backup">Backup code</label>
          <input
            id="backup"
            name="code"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
          />
          <button type="submit" class="second">Use this backup code</button>
        </form>
      </details>
    </Layout>
  );
}

/** What the page shows. */
export interface CodeProps {
  /** Token of both forms. */
  readonly form: string;
  /** What waits for the person, as pages carry it (waiting_request.ts); empty: nothing waits. */
  readonly carried: string;
  readonly appName: string | undefined;
  readonly appPlace: string | undefined;
  /** The sign-in that waits for the code, sealed. */
  readonly pending: string;
  /** The e-mail address that was typed; empty: not known. */
  readonly email: string;
  readonly notice: Notice | undefined;
  readonly problems: readonly Problem[] | undefined;
}

function Carried({ form, carried, pending, email }: CodeProps) {
  return (
    <>
      <input type="hidden" name="form" value={form} />
      <input type="hidden" name="q" value={carried} />
      <input type="hidden" name="pending" value={pending} />
      <input type="hidden" name="email" value={email} />
    </>
  );
}
