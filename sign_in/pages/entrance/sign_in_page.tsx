// The pages where a person types a password: to sign in, or to make an account. Routes: sign_in_routes.tsx, sign_up_routes.tsx.
import { PASSWORD_MIN } from "../../kit/limits.ts";
import { Layout, type Notice, type Problem } from "../layout.tsx";
import { pathWith } from "../people_faults.ts";
import { WhoWaits } from "./who_waits.tsx";

/** The page for a person with an account. */
export function SignInPage(props: SignInProps) {
  const { form, carried, canSignUp, forgotUrl, email, problems = [] } = props;
  return (
    <Layout title="Sign in" notice={props.notice} problems={problems}>
      <WhoWaits {...props} />
      <form method="post" action="/sign-in">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="q" value={carried} />
        <Email value={email} problems={problems} />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <button type="submit">Sign in</button>
      </form>
      {forgotUrl === undefined ? null : (
        <p>
          <a href={forgotUrl}>Forgot your password?</a>
        </p>
      )}
      {canSignUp
        ? (
          <p>
            No account yet? <a href={pathWith("/sign-up", carried)}>Make one</a>
          </p>
        )
        : null}
    </Layout>
  );
}

/** What both pages show. */
interface EntranceProps {
  /** Token of the form. */
  readonly form: string;
  /** What waits for the person, as pages carry it (waiting_request.ts); empty: nothing waits. */
  readonly carried: string;
  readonly appName: string | undefined;
  readonly appPlace: string | undefined;
  /** The e-mail address that was typed; empty: none yet. */
  readonly email: string;
  readonly problems?: readonly Problem[] | undefined;
}

/** What the sign-in page shows. */
export interface SignInProps extends EntranceProps {
  /** Whether accounts are made here. */
  readonly canSignUp: boolean;
  /** The page where a forgotten password is renewed. */
  readonly forgotUrl: string | undefined;
  readonly notice: Notice | undefined;
}

/** The page for a person without an account. */
export function SignUpPage({ form, carried, appName, appPlace, email, name, problems = [] }: SignUpProps) {
  const isWrong = problems.some(({ field }) => field === "password");
  return (
    <Layout title="Make an account" problems={problems}>
      <WhoWaits carried={carried} appName={appName} appPlace={appPlace} />
      <form method="post" action="/sign-up">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="q" value={carried} />
        <label for="name">Your name</label>
        <input id="name" name="name" type="text" autocomplete="name" value={name} maxlength={100} required />
        <Email value={email} problems={problems} />
        <label for="password">Password</label>
        <p class="soft" id="password-hint">
          At least {PASSWORD_MIN} characters. A few words are a good password.
        </p>
        <input
          id="password"
          name="password"
          type="password"
          autocomplete="new-password"
          minlength={PASSWORD_MIN}
          aria-describedby="password-hint"
          aria-invalid={isWrong ? "true" : undefined}
          required
        />
        <button type="submit">Make the account</button>
      </form>
      <p>
        You have one already? <a href={pathWith("/sign-in", carried)}>Sign in</a>
      </p>
    </Layout>
  );
}

/** What the sign-up page shows. */
export interface SignUpProps extends EntranceProps {
  readonly name: string;
}

function Email({ value, problems = [] }: {
  readonly value: string;
  readonly problems: readonly Problem[] | undefined;
}) {
  const isWrong = problems.some(({ field }) => field === "email");
  return (
    <>
      <label for="email">E-mail address</label>
      <input
        id="email"
        name="email"
        type="email"
        autocomplete="username"
        value={value}
        aria-invalid={isWrong ? "true" : undefined}
        required
      />
    </>
  );
}
