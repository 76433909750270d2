// What surrounds every page: landmarks, a skip link, the problems first. Every page works without a script.
import type { Child } from "@hono/hono/jsx";
import { DARK, LIGHT } from "../../process/look/palette.ts";
import { PageFooter } from "./policy/page_footer.tsx";

/** A whole page around `children`. */
export function Layout(props: LayoutProps) {
  const { title, bar, notice, problems = [], goTo, guard, scripts = [], children } = props;
  const before = problems.length > 0 ? "Please check: " : notice === undefined ? "" : `${notice.title}: `;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content={LIGHT.paper} media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content={DARK.paper} media="(prefers-color-scheme: dark)" />
        {goTo === undefined ? null : <meta http-equiv="refresh" content={`0;url=${goTo}`} />}
        <title>{`${before}${title} – Mana`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="stylesheet" href="/style.css" />
        {guard === undefined ? null : <script src={guard} />}
        {scripts.map((script) => <script key={script} src={script} defer />)}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="brand">
          <a class="home" href="/">
            <img src="/icon.svg" alt="" width="28" height="28" />
            Mana
          </a>
          {bar === undefined ? null : (
            <>
              <nav aria-label="Pages">
                <a href="/apps">Apps</a> {bar.hasGatewayPages
                  ? (
                    <>
                      <a href="/activity">What they did</a> <a href="/approvals">Requests</a>
                    </>
                  )
                  : null} {bar.hasKeyPage ? <a href="/vault">Your key</a> : null}
              </nav>
              <form method="post" action="/sign-out">
                <input type="hidden" name="form" value={bar.signOutToken} />
                <button type="submit">Sign out</button>
              </form>
            </>
          )}
        </header>
        <main id="content" tabindex={-1}>
          <h1>{title}</h1>
          {notice === undefined ? null : (
            <div class="problem" role="alert">
              <p>
                <strong>{notice.title}</strong>
              </p>
              <p>{notice.text}</p>
            </div>
          )}
          {problems.length === 0 ? null : (
            <div class="problem" role="alert" aria-labelledby="problems">
              <p id="problems">
                <strong>This is not right yet:</strong>
              </p>
              <ul>
                {problems.map(({ text, field }) => (
                  <li key={field}>
                    <a href={`#${field}`}>{text}</a>
                  </li>
                ))}
              </ul>
            </div>
          )}
          {children}
        </main>
        <PageFooter />
      </body>
    </html>
  );
}

/** A fault in a form that the person has to mend, and its field. */
export interface Problem {
  readonly text: string;
  /** Id of the field. */
  readonly field: string;
}

/** Something that kept a form from being taken, and that the person cannot mend in the form. */
export interface Notice {
  /** A few words; the title of the page begins with them. */
  readonly title: string;
  readonly text: string;
}

/** What a person who is signed in finds on each page: their other pages, and the way out. */
export interface PersonBar {
  /** Token of the sign-out form. */
  readonly signOutToken: string;
  /** Whether there is a page about the person's key. */
  readonly hasKeyPage: boolean;
  /** Whether there are pages of what apps did, and of what waits for the person's answer: the gateway is known. */
  readonly hasGatewayPages: boolean;
}

/** What the layout shows. */
export interface LayoutProps {
  readonly title: string;
  /** The bar of a person who is signed in; absent: nobody is. */
  readonly bar?: PersonBar | undefined;
  readonly notice?: Notice | undefined;
  readonly problems?: readonly Problem[] | undefined;
  /** Address that the browser goes to by itself. The page has to show a link to it as well. */
  readonly goTo?: string;
  /** Paths of scripts of ours that the page is better with; the answer has to allow them (page_answer.ts). */
  readonly scripts?: readonly string[];
  /** Path of a script of ours that has to run before the page is shown. */
  readonly guard?: string | undefined;
  readonly children: Child;
}
