// The part of the home page that connects an assistant: one choice of the client, and what to do for the chosen one. The choice works
// without a script: it is a group of radio buttons, and each client's words stand right behind its button. Pure.
import { html } from "@hono/hono/html";
import { type ClientGuide, clientGuides, type ClientStep, tokenGuides } from "./client_guides.ts";
import type { Html } from "./page_frame.ts";

/** The section. */
export function connectSection({ mcpUrl, signInProblem }: ConnectData): Html {
  const canSignIn = signInProblem === null;
  return html`
    <section aria-labelledby="connect">
      <h2 id="connect">Connect your assistant</h2>
      <p class="address">The address is <code>${mcpUrl}</code>. ${canSignIn
        ? "The assistant opens a browser window where you sign in and choose."
        : `${signInProblem} Below, your own token stands in place of TOKEN; it lasts 15 minutes.`}</p>
      <fieldset class="clients">
        <legend class="unseen">Your assistant</legend>
        ${(canSignIn ? clientGuides(mcpUrl) : tokenGuides(mcpUrl)).map(clientChoice)}
      </fieldset>
    </section>
  `;
}

/** What the section shows. */
export interface ConnectData {
  /** The address a client is given, as the caller may reach it. */
  readonly mcpUrl: string;
  /** Why no assistant can have the person sign in, so that each needs the person's own token, and what to do; null where it can. */
  readonly signInProblem: string | null;
}

function clientChoice({ id, name, link, steps }: ClientGuide, index: number): Html {
  return html`
    <input type="radio" name="client" id="client-${id}" class="unseen" autocomplete="off" ${index === 0
      ? "checked"
      : ""}>
    <label for="client-${id}">${name}</label>
    <article aria-labelledby="guide-${id}">
      <h3 id="guide-${id}" class="unseen">${name}</h3>
      ${link ? html`<p><a class="button" href="${link}">Add to ${name}</a></p>` : ""}
      ${steps.map((step, at) => clientStep(step, at === 0 ? name : `${name}, step ${at + 1}`))}
    </article>
  `;
}

function clientStep({ words, text }: ClientStep, name: string): Html {
  return html`<p>${words}</p>${
    text
      ? html`
        <div
          class="copy"><pre>${text}</pre><button type="button" class="second" data-copy>Copy<span class="unseen"> for ${name}</span></button></div>
      `
      : ""
  }`;
}
