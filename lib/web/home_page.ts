// The gateway's own page, in one screen: what it is, whether the services answer, how to connect each client; folded below, what an
// assistant can do and what the process may do. It says nothing about a person, and everything inserted is escaped.
import { html } from "@hono/hono/html";
import { SERVICES } from "../kit/services.ts";
import type { Readiness } from "../services/readiness.ts";
import type { Confinement } from "../../process/confinement.ts";
import type { PermissionKind } from "../../process/confinement_probes.ts";
import type { Module } from "../tool/define_module.ts";
import type { Prompt } from "../tool/define_prompt.ts";
import type { ToolRegistry } from "../tool/tool_registry.ts";
import { type ConnectData, connectSection } from "./connect_section.ts";
import { COPY_SCRIPT, HOME_STYLE } from "./home_assets.ts";
import { type Html, type PageFrame, pageFrame } from "./page_frame.ts";

/** The page as HTML. `nonce` allows exactly the style and the script that are in it. */
export async function homePage(data: HomePageData, nonce: string): Promise<string> {
  const { modules, version } = data;
  return await pageFrame(
    {
      title: "mana-mcp",
      homePath: homePathOf(data.mcpUrl),
      links: data.personPages ?? [],
      style: HOME_STYLE,
      script: COPY_SCRIPT,
      version,
      nonce,
    },
    html`
      <h1>Let your assistant work with your data</h1>
      <p>This gateway lets an AI assistant work with your own data: ${kindWords(modules)}.</p>
      <p class="soft">${sealedWords(
        modules,
      )} You decide which assistant may do what; what it reads goes to that assistant.</p>
      ${servicesSection(data.readiness)}
      ${connectSection(data)}
      <p id="copied" role="status" class="unseen"></p>
      ${toolsSection(data)}
      ${confinementSection(data.confinement)}
    `,
  );
}

/** The path of the home page beside the address that clients are given, with a slash at its end. */
export function homePathOf(mcpUrl: string): string {
  return new URL("./", mcpUrl).pathname;
}

/** What the page shows. Nothing of it is about a person. */
export interface HomePageData extends ConnectData {
  readonly version: string;
  readonly readiness: Readiness;
  /** Pages of the sign-in server for the person who reads this; none where it names none. */
  readonly personPages?: PageFrame["links"];
  readonly modules: readonly Module[];
  readonly prompts: readonly Prompt[];
  readonly registry: ToolRegistry;
  readonly confinement: Confinement;
}

/** What a person has here, in their words: the kinds of the first group by name, and whether there are more. */
function kindWords(modules: readonly Module[]): string {
  const kinds = modules.filter(({ resource }) => resource !== undefined);
  const usual = kinds.filter(({ group }) => group === kinds[0]?.group).map(({ label }) =>
    label.toLowerCase()
  );
  const words = usual.length === modules.length ? usual : [...usual, "more"];
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(words);
}

/** Says that texts are stored as ciphertext, where any are. A shared space has none. */
function sealedWords(modules: readonly Module[]): string {
  return modules.some(({ resource }) => resource !== undefined && resource.table.encrypted.length > 0)
    ? "In your personal space, what the Mana apps encrypt is stored encrypted."
    : "";
}

function servicesSection({ upstreams }: Readiness): Html {
  const asked = SERVICES.filter(({ name }) => name in upstreams);
  const silent = asked.filter(({ name }) => upstreams[name] !== "ok");
  return html`
    <details class="state" ${silent.length === 0 ? "" : "open"}>
      <summary><h2>Is it working?</h2> ${silent.length === 0
        ? html`<span class="mark good">Yes: everything it needs answers.</span>`
        : html`<span class="mark bad">Not fully: ${silent.map(({ words }) => words).join(", ")} ${
          silent.length === 1 ? "does" : "do"
        } not answer. Try again in a minute.</span>`}</summary>
      <ul class="states">
        ${asked.map(({ name, purpose }) => {
          const isOk = upstreams[name] === "ok";
          return html`<li><strong>${purpose}</strong> <span class="${isOk ? "good" : "bad"}">${
            isOk ? "answers" : "does not answer"
          }</span></li>`;
        })}
      </ul>
    </details>
  `;
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
    <details class="fold">
      <summary><h2>What an assistant can do</h2></summary>
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
    </details>
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
    <details class="fold" ${confined ? "" : "open"}>
      <summary>
        <h2>What this process may do</h2>
      </summary>
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
    </details>
  `;
}
