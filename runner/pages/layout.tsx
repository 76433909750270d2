// What surrounds every page of the report: landmarks, a skip link, who plays. No script, no form.
import type { Child } from "@hono/hono/jsx";
import { DARK, LIGHT } from "../../process/look/palette.ts";

/** A whole page around `children`. */
export function Layout({ title, runner, isHome = false, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content={LIGHT.paper} media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content={DARK.paper} media="(prefers-color-scheme: dark)" />
        <title>{`${title} – Mana personas`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header class="brand">
          <a class="home" href="/">
            <img src="/icon.svg" alt="" width="28" height="28" />
            Mana personas
          </a>
          <nav aria-label="Pages">
            {isHome ? null : (
              <>
                <a href="/">Everybody</a>
                {" "}
              </>
            )}
            <a href="/report.json">As JSON</a>
          </nav>
        </header>
        <main id="content" tabindex={-1}>
          <h1>{title}</h1>
          {children}
        </main>
        <footer>
          <p>{runnerWords(runner)}</p>
        </footer>
      </body>
    </html>
  );
}

/** What the layout shows. */
export interface LayoutProps {
  readonly title: string;
  readonly runner: RunnerView;
  readonly isHome?: boolean;
  readonly children: Child;
}

/** What the runner says of itself. */
export interface RunnerView {
  /** Such as `scripted` or `model`. */
  readonly brain: string;
  readonly seed: number;
  readonly isPaused: boolean;
}

function runnerWords({ brain, seed, isPaused }: RunnerView): string {
  const player = brain === "scripted"
    ? `A script plays these people, with the seed ${seed}`
    : `These people are played by “${brain}”, with the seed ${seed}`;
  return `${player}.${isPaused ? " The runner is paused: nobody begins a new day." : ""}`;
}
