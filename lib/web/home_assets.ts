// Style and script of the home page. Both stand in the page itself, so that it needs nothing from elsewhere but the mark.
import { BASE_STYLE } from "../../process/look/base_style.ts";

/** The style: the shared rules, and the choice of the client, whose words come below all choices. */
export const HOME_STYLE = `${BASE_STYLE}
:root { --page: 52rem; }
main { padding-block: .25rem .5rem; }
footer { padding-block: .25rem .5rem; }
h1 { margin: .25rem 0 .5rem; }
h2 { margin: 1.25rem 0 .25rem; }
main > p { margin: .5rem 0; max-width: 44rem; }
main > .soft { font-size: .9rem; }
.fold { border-top: 1px solid var(--line); }
.fold > summary { padding: .625rem 0; min-height: 2.75rem; }
.fold > summary h2 { display: inline; margin: 0; font-size: 1rem; }
.fold details { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem; margin: .5rem 0; }
.fold details summary { min-height: 2.75rem; padding: .625rem 0; }
.state { margin: .75rem 0 0; }
.state > summary { padding: .5rem 0; min-height: 2.75rem; }
.state > summary h2 { display: inline; margin: 0; font-size: 1rem; }
.good { color: var(--good); }
.bad { color: var(--bad); }
ul.states { list-style: none; padding: 0; margin: 0 0 .5rem; }
.mark.good::before { content: "✓ "; }
.mark.bad::before { content: "✗ "; }
.address { margin: .25rem 0 .75rem; }
.clients { border: 0; margin: 0 0 1rem; padding: 0; min-inline-size: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
.clients > label { display: inline-flex; align-items: center; min-height: 2.75rem; padding: .375rem .875rem; cursor: pointer;
  border: 1px solid var(--edge); border-radius: 2rem; background: var(--card); }
.clients > label:hover { border-color: var(--accent); }
.clients > :checked + label { background: var(--tint); border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent);
  color: var(--accent); font-weight: 650; }
.clients > :focus-visible + label { outline: 3px solid var(--accent); outline-offset: 2px; }
.clients > article { display: none; order: 1; flex: 1 0 100%; background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: .5rem 1.25rem 1rem; margin: .25rem 0 0; }
.clients > :checked + label + article { display: block; }
.clients article p { margin: .5rem 0; }
pre { margin: 0; padding: .625rem .875rem; min-height: 2.75rem; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.copy { display: flex; flex-wrap: wrap; gap: .5rem; align-items: flex-start; margin: .5rem 0; }
.copy pre { flex: 1 1 16rem; min-width: 0; }
.copy:last-child { margin-bottom: 0; }
.tag { font-size: .85rem; padding: .05rem .5rem; margin-left: .3rem; border: 1px solid; border-radius: 1rem; white-space: nowrap; }
dt { font-weight: 650; }
dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
@media (max-width: 32rem) { .clients { gap: .375rem; } .clients > label { padding: .25rem .75rem; } .clients > article { padding: .5rem .875rem .75rem; } }
@media (forced-colors: active) { .clients > :checked + label { forced-color-adjust: none; background: Highlight; color: HighlightText; } }
`;

/** Copies the text beside a button. Without the script a person can select the text. */
export const COPY_SCRIPT = `
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.firstChild.data = "Copied";
    document.getElementById("copied").textContent = "Copied to the clipboard";
    setTimeout(() => { button.firstChild.data = "Copy"; }, 2000);
  });
}
`;
