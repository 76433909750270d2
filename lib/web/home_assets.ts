// Style and script of the home page. Both stand in the page itself, so that it needs nothing from elsewhere.
import { raw } from "@hono/hono/html";

/** The style: system fonts, both colour schemes, one column on a phone. Contrast is at least 4.5 to 1. */
export const HOME_STYLE = raw(`
:root { color-scheme: light dark; --fg: #1c1917; --bg: #fafaf9; --card: #ffffff; --line: #d6d3d1; --good: #166534; --bad: #9f1239; --link: #3730a3; }
@media (prefers-color-scheme: dark) { :root { --fg: #f5f5f4; --bg: #1c1917; --card: #292524; --line: #57534e; --good: #86efac; --bad: #fda4af; --link: #c7d2fe; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 4rem; font: 1rem/1.55 system-ui, sans-serif; color: var(--fg); background: var(--bg); }
h1 { font-size: 1.9rem; margin: 0; } h1 small { font-size: 0.9rem; font-weight: normal; } h2 { margin: 2.5rem 0 0.5rem; } h3 { margin: 1.2rem 0 0.3rem; }
article, details { background: var(--card); border: 1px solid var(--line); border-radius: 0.6rem; padding: 0.6rem 1rem; margin: 0.6rem 0; }
article h3 { margin-top: 0.2rem; } summary { cursor: pointer; } p { margin: 0.4rem 0; }
pre { margin: 0.4rem 0; padding: 0.6rem; border: 1px solid var(--line); border-radius: 0.4rem; white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; }
.copy { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: flex-start; margin: 0.4rem 0; } .copy pre { flex: 1 1 16rem; min-height: 2.75rem; margin: 0; }
.tag { font-size: 0.85rem; padding: 0.05rem 0.5rem; margin-left: 0.3rem; border: 1px solid; border-radius: 1rem; white-space: nowrap; }
ul.states { list-style: none; padding: 0; } .states .good::before { content: "✓ "; } .states .bad::before { content: "✗ "; } .good { color: var(--good); } .bad { color: var(--bad); } a { color: var(--link); }
button, .button { display: inline-block; font: inherit; padding: 0.45rem 1rem; min-height: 2.75rem; border-radius: 0.5rem; border: 1px solid var(--fg); background: none; color: inherit; cursor: pointer; text-decoration: none; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
dt { font-weight: 600; } dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

/** Copies the text beside a button. Without the script a person can select the text. */
export const COPY_SCRIPT = raw(`
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.previousElementSibling.textContent);
    button.firstChild.data = "Copied";
    document.getElementById("copied").textContent = "Copied to the clipboard";
    setTimeout(() => { button.firstChild.data = "Copy"; }, 2000);
  });
}
`);
