// The pages where a person signs in or makes an account. Routes: entrance_routes.tsx.
import { PASSWORD_MIN } from "../kit/limits.ts";
import { Layout, type Problem } from "./layout.tsx";

/** The page for a person with an account. */
export function SignInPage({ form, oauthQuery, canSignUp, email = "", problems = [] }: EntranceProps) {
  return (
    <Layout title="Sign in" problems={problems}>
      {oauthQuery === ""
        ? null
        : <p>An app wants to work with your Mana data. First show us that it is you.</p>}
      <form method="post" action="/sign-in">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="q" value={oauthQuery} />
        <Email value={email} problems={problems} />
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
        <button type="submit">Sign in</button>
      </form>
      {canSignUp
        ? (
          <p>
            No account yet? <a href={withQuery("/sign-up", oauthQuery)}>Make one</a>
          </p>
        )
        : null}
    </Layout>
  );
}

/** What both entrance pages show. */
export interface EntranceProps {
  /** Token of the form. */
  readonly form: string;
  /** The signed request of the app that waits for the person, word for word; empty: no app waits. */
  readonly oauthQuery: string;
  /** Whether accounts are made here. */
  readonly canSignUp: boolean;
  readonly email?: string;
  readonly name?: string;
  readonly problems?: readonly Problem[];
}

/** The page for a person without an account. */
export function SignUpPage({ form, oauthQuery, email = "", name = "", problems = [] }: EntranceProps) {
  const isWrong = problems.some(({ field }) => field === "password");
  return (
    <Layout title="Make an account" problems={problems}>
      <form method="post" action="/sign-up">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="q" value={oauthQuery} />
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
        You have one already? <a href={withQuery("/sign-in", oauthQuery)}>Sign in</a>
      </p>
    </Layout>
  );
}

function Email({ value, problems }: { readonly value: string; readonly problems: readonly Problem[] }) {
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

function withQuery(path: string, oauthQuery: string): string {
  return oauthQuery === "" ? path : `${path}?${oauthQuery}`;
}
