// The gateway's pages about privacy and of terms, or the way to the operator's own. They say nothing about a person.
import { html } from "@hono/hono/html";
import { privacyPage } from "../../process/operator/privacy_page.ts";
import { termsPage } from "../../process/operator/terms_page.ts";
import type { Settings } from "../settings/settings.ts";
import { HOME_STYLE } from "./home_assets.ts";
import { pageHeaders } from "./page_headers.ts";

/** Answers with one of the two pages. Everything of the settings is inserted as text. */
export async function policyAnswer(deps: PolicyDeps, which: "privacy" | "terms"): Promise<Response> {
  const { operator } = deps.settings;
  const elsewhere = which === "privacy" ? operator.privacyUrl : operator.termsUrl;
  if (elsewhere !== undefined) {
    return new Response(null, { status: 303, headers: { location: elsewhere, "cache-control": "no-store" } });
  }
  const { title, sections } = which === "privacy" ? privacyPage(operator) : termsPage(operator);
  const nonce = deps.newId().replaceAll("-", "");
  const page = await html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title} – mana-mcp</title>
        <style nonce="${nonce}">${HOME_STYLE}</style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
        </header>
        <main>
          ${sections.map(({ heading, paragraphs, link }) =>
            html`
              <section>
                <h2>${heading}</h2>
                ${paragraphs.map((text) => html`<p>${text}</p>`)}
                ${link === undefined ? "" : html`<p><a href="${link.href}">${link.text}</a></p>`}
              </section>
            `
          )}
          <p><a href="./">What this gateway is, and how to connect an assistant</a></p>
        </main>
      </body>
    </html>
  `;
  return new Response(String(page), { headers: pageHeaders(nonce) });
}

/** Dependencies of {@link policyAnswer}. */
export interface PolicyDeps {
  readonly settings: Pick<Settings, "operator">;
  /** A random UUID. */
  readonly newId: () => string;
}
