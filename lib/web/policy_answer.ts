// The gateway's pages about privacy and of terms, or the way to the operator's own. They say nothing about a person.
import { html } from "@hono/hono/html";
import { privacyPage } from "../../process/operator/privacy_page.ts";
import { termsPage } from "../../process/operator/terms_page.ts";
import type { Settings } from "../settings/settings.ts";
import { BASE_STYLE } from "../../process/look/base_style.ts";
import { pageFrame } from "./page_frame.ts";
import { pageHeaders } from "./page_headers.ts";

/** Answers with one of the two pages. `homePath` is the path of the home page, with a slash at its end. Everything of the settings is inserted as text. */
export async function policyAnswer(
  deps: PolicyDeps,
  which: "privacy" | "terms",
  homePath: string,
): Promise<Response> {
  const { operator } = deps.settings;
  const elsewhere = which === "privacy" ? operator.privacyUrl : operator.termsUrl;
  if (elsewhere !== undefined) {
    return new Response(null, { status: 303, headers: { location: elsewhere, "cache-control": "no-store" } });
  }
  const { title, sections } = which === "privacy" ? privacyPage(operator) : termsPage(operator);
  const nonce = deps.newId().replaceAll("-", "");
  const frame = { title: `${title} – mana-mcp`, homePath, version: deps.version, style: BASE_STYLE, nonce };
  const page = await pageFrame(
    frame,
    html`
      <h1>${title}</h1>
      ${sections.map(({ heading, paragraphs, link }) =>
        html`
          <section>
            <h2>${heading}</h2>
            ${paragraphs.map((text) => html`<p>${text}</p>`)}
            ${link === undefined ? "" : html`<p><a href="${link.href}">${link.text}</a></p>`}
          </section>
        `
      )}
      <p><a href="${homePath}">What this gateway is, and how to connect an assistant</a></p>
    `,
  );
  return new Response(page, { headers: pageHeaders(nonce) });
}

/** Dependencies of {@link policyAnswer}. */
export interface PolicyDeps {
  readonly settings: Pick<Settings, "operator">;
  readonly version: string;
  /** A random UUID. */
  readonly newId: () => string;
}
