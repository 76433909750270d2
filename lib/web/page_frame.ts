// What surrounds each page of the gateway: the head with the mark, the header that leads home, the footer. Knows no page's content.
import { html, raw } from "@hono/hono/html";
import { DARK, LIGHT } from "../../process/look/palette.ts";
import { PRIVACY_PATH, TERMS_PATH } from "../../process/operator/policy_page.ts";

/** A piece of a page; everything inserted was escaped. */
export type Html = ReturnType<typeof html>;

/** A whole page around `content`. `nonce` allows exactly the style and the script that are in it. */
export async function pageFrame(frame: PageFrame, content: Html): Promise<string> {
  const { title, homePath, links = [], style, script, version, nonce } = frame;
  return String(
    await html`
      <!DOCTYPE html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <meta name="theme-color" content="${LIGHT.paper}" media="(prefers-color-scheme: light)">
          <meta name="theme-color" content="${DARK.paper}" media="(prefers-color-scheme: dark)">
          <title>${title}</title>
          <link rel="icon" href="${homePath}icon.svg" type="image/svg+xml">
          <link rel="apple-touch-icon" href="${homePath}apple-touch-icon.png">
          <style nonce="${nonce}">${raw(style)}</style>
        </head>
        <body>
          <a class="skip" href="#content">Skip to the content</a>
          <header class="brand">
            <a class="home" href="${homePath}"><img src="${homePath}icon.svg" alt="" width="28" height="28">mana-mcp</a>
            ${links.length === 0
              ? ""
              : html`<nav aria-label="Your pages">${
                links.map(({ words, url }) =>
                  html`
                    <a href="${url}">${words}</a>
                  `
                )
              }</nav>`}
          </header>
          <main id="content" tabindex="-1">${content}</main>
          <footer><p><a href="${homePath}${PRIVACY_PATH.slice(
            1,
          )}">Privacy</a> <a href="${homePath}${TERMS_PATH.slice(
            1,
          )}">Terms</a> <span>mana-mcp ${version}</span></p></footer>
          ${script === undefined ? "" : html`<script nonce="${nonce}">${raw(script)}</script>`}
        </body>
      </html>
    `,
  );
}

/** What is around a page. */
export interface PageFrame {
  readonly title: string;
  /** The path of the home page, with a slash at its end; the mark is below it. */
  readonly homePath: string;
  /** Pages elsewhere that belong to the person who reads this. */
  readonly links?: readonly { readonly words: string; readonly url: string }[];
  /** CSS, of this product only: it is not escaped. */
  readonly style: string;
  /** JavaScript, of this product only: it is not escaped. */
  readonly script?: string;
  readonly version: string;
  readonly nonce: string;
}
