// What surrounds every page of the report: landmarks, a skip link, who plays. No script, no form.
import type { Child } from "@hono/hono/jsx";

/** A whole page around `children`. */
export function Layout({ title, runner, isHome = false, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} – Mana personas`}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <strong>Mana personas</strong>
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
