// The gateway's own page, with every word that is on it: whether the services answer, how to connect each client, the tools,
// and what the process may do. It says nothing about a person, and everything inserted is escaped.
import { PRIVACY_PATH, TERMS_PATH } from "../../process/operator/policy_page.ts";
import { html } from "@hono/hono/html";
import { SERVICES } from "../kit/services.ts";
import type { Readiness } from "../services/readiness.ts";
import type { Confinement } from "../../process/confinement.ts";
import type { PermissionKind } from "../../process/confinement_probes.ts";
import type { Module } from "../tool/define_module.ts";
import type { Prompt } from "../tool/define_prompt.ts";
import { groupWords } from "../tool/group_words.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import { type ClientGuide, clientGuides, tokenGuides } from "./client_guides.ts";
import { COPY_SCRIPT, HOME_STYLE } from "./home_assets.ts";

/** The page as HTML. `nonce` allows exactly the style and the script that are in it. */
export async function homePage(data: HomePageData, nonce: string): Promise<string> {
  const { modules } = data;
  return String(
    await html`
      <!DOCTYPE html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <title>mana-mcp</title>
          <style nonce="${nonce}">${HOME_STYLE}</style>
        </head>
        <body>
          <header>
            <h1>mana-mcp <small>${data.version}</small></h1>
            <p>This gateway lets an AI assistant work with your own data: ${groupWords(
              modules,
            )}. ${sealedWords(
              modules,
            )} You decide which assistant may do what; what it reads goes to that assistant.</p>
          </header>
          <main>
            ${servicesSection(data.readiness)}
            ${connectSection(data)}
            ${toolsSection(data)}
            ${confinementSection(data.confinement)}
          </main>
          <footer>
            <p><a href=".${PRIVACY_PATH}">Privacy</a> · <a href=".${TERMS_PATH}">Terms</a></p>
          </footer>
          <p id="copied" role="status" class="visually-hidden"></p>
          <script nonce="${nonce}">${COPY_SCRIPT}</script>
        </body>
      </html>
    `,
  );
}

/** What the page shows. Nothing of it is about a person. */
export interface HomePageData {
  readonly version: string;
  /** The address a client is given, as the caller may reach it. */
  readonly mcpUrl: string;
  readonly readiness: Readiness;
  /** Why no assistant can have the person sign in, so that each needs the person's own token, and what to do; null where it can. */
  readonly signInProblem: string | null;
  readonly modules: readonly Module[];
  readonly prompts: readonly Prompt[];
  readonly registry: ToolRegistry;
  readonly confinement: Confinement;
}

type Html = ReturnType<typeof html>;

/** Says that texts are stored as ciphertext, where any are. A shared space has none. */
function sealedWords(modules: readonly Module[]): string {
  return modules.some(({ resource }) => resource !== undefined && resource.table.encrypted.length > 0)
    ? "In your personal space, what the Mana apps encrypt is stored encrypted."
    : "";
}

function servicesSection(readiness: Readiness): Html {
  return html`
    <section aria-labelledby="services">
      <h2 id="services">Is it working?</h2>
      <ul class="states">
        ${SERVICES.filter(({ name }) => name in readiness.upstreams).map(({ name, purpose }) => {
          const ok = readiness.upstreams[name] === "ok";
          return html`<li><strong>${purpose}</strong> <span class="${ok ? "good" : "bad"}">${
            ok ? "answers" : "does not answer"
          }</span></li>`;
        })}
      </ul>
    </section>
  `;
}

function connectSection({ mcpUrl, signInProblem }: HomePageData): Html {
  const canSignIn = signInProblem === null;
  return html`
    <section aria-labelledby="connect">
      <h2 id="connect">Connect your assistant</h2>
      <p>The address is <code>${mcpUrl}</code>. ${canSignIn
        ? "The assistant opens a browser window where you sign in and choose."
        : `${signInProblem} Below, your own token stands in place of TOKEN; it lasts 15 minutes.`}</p>
      ${(canSignIn ? clientGuides(mcpUrl) : tokenGuides(mcpUrl)).map(guideArticle)}
    </section>
  `;
}

function guideArticle({ name, words, link, text }: ClientGuide): Html {
  return html`<article><h3>${name}</h3><p>${words}</p>${
    link ? html`<p><a class="button" href="${link}">Add to ${name}</a></p>` : ""
  }${
    text
      ? html`
        <div
          class="copy"><pre>${text}</pre><button type="button" data-copy>Copy<span class="visually-hidden"> for ${name}</span></button></div>
      `
      : ""
  }</article>`;
}

const ACCESS = {
  read: { words: "looks", colour: "good" },
  write: { words: "adds or changes", colour: "" },
  destructive: { words: "deletes", colour: "bad" },
} as const;

function toolsSection({ modules, prompts, registry }: HomePageData): Html {
  // As clients see them: the texts of tools name other tools, in the spelling that TOOL_NAMES sets. What a tool takes is left out:
  // anyone may ask for this page, and the schemas of 200 tools would be made and written for each who does.
  const byModule = Map.groupBy(registry.list(), ({ tool }) => tool.module);
  return html`
    <section aria-labelledby="tools">
      <h2 id="tools">What an assistant can do</h2>
      ${modules.map(({ label, name }) =>
        html`<h3>${label}</h3>${
          (byModule.get(name) ?? []).map(({ tool, name, description }) =>
            html`
              <details>
                <summary>${tool.title} <span class="tag ${ACCESS[tool.access].colour}">${ACCESS[tool.access]
                  .words}</span></summary>
                <p><code>${name}</code></p>
                <p>${description}</p>
              </details>
            `
          )
        }`
      )}
      ${prompts.length === 0 ? "" : html`<h3>Ready to pick</h3>`}
      ${prompts.map(({ name, title, description }) =>
        html`
          <details>
            <summary>${title} <span class="tag">prompt</span></summary>
            <p><code>${name}</code></p>
            <p>${description}</p>
          </details>
        `
      )}
    </section>
  `;
}

const RIGHTS: Readonly<Record<PermissionKind, string>> = {
  net: "Use the network",
  read: "Read files",
  write: "Write files",
  run: "Start programs",
  ffi: "Load native code",
  sys: "Ask about the machine",
  env: "Read settings",
  import: "Fetch code",
};

function confinementSection({ confined, allowed }: Confinement): Html {
  return html`
    <section aria-labelledby="confinement">
      <h2 id="confinement">What this process may do</h2>
      <p class="${confined ? "good" : "bad"}">${confined
        ? "It is confined: it may do what is listed here and nothing else."
        : "It is not confined: it may do more than it needs."}</p>
      <dl>
        ${Object.entries(allowed).map(([kind, labels]) =>
          html`
            <dt>${Reflect.get(RIGHTS, kind) ?? kind}</dt>
            <dd>${labels.length === 0 ? "nothing" : labels.join(", ")}</dd>
          `
        )}
      </dl>
    </section>
  `;
}
