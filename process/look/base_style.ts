// The rules that all pages share: letters, links, buttons, cards, the header with the mark, the focus ring. Each process adds what its
// own pages have beside them. Knows no page.
import { PALETTE } from "./palette.ts";

/**
 * The shared style sheet, as CSS. A page has `header.brand` with the mark, `main`, and a `footer`; buttons are `button`, `a.button`, and
 * the links in `p.next`, the way on from a page that has nothing to press, with `second` for what is not the first thing to do and `bad` for what takes something away. Everything that is pressed is at least
 * 44 CSS pixels high.
 */
export const BASE_STYLE = `${PALETTE}* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.brand, main, footer { max-width: var(--page, 42rem); margin: 0 auto; padding: 1rem; }
.brand { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; padding-block: .75rem; }
.brand > .home, .brand > strong { display: inline-flex; gap: .625rem; align-items: center; min-height: 2.75rem; margin-right: auto;
  color: var(--ink); font-weight: 650; text-decoration: none; }
.brand .home:hover { text-decoration: underline; }
.brand img { width: 1.75rem; height: 1.75rem; flex: none; }
.brand nav { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.brand nav a, footer a { display: inline-flex; align-items: center; min-height: 2.75rem; }
footer { color: var(--soft); font-size: .9rem; padding-block: 1rem 2rem; }
footer p { margin: 0; }
footer :is(p, nav):has(a) { display: flex; flex-wrap: wrap; gap: 0 1.25rem; align-items: center; }
main:focus { outline: none; }
h1 { font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; margin: .5rem 0 1rem; overflow-wrap: anywhere; text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; line-height: 1.4; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .75rem 0; }
p, li { max-width: 68ch; overflow-wrap: break-word; }
a { color: var(--accent); text-underline-offset: .15em; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; overflow-wrap: anywhere; }
button, .button, .next > a { display: inline-flex; align-items: center; justify-content: center; gap: .5rem; min-height: 2.75rem; padding: .5rem 1.25rem;
  font: inherit; font-weight: 550; border-radius: .5rem; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent);
  cursor: pointer; text-decoration: none; }
button:hover, .button:hover, .next > a:hover { filter: brightness(1.08); }
button.second, .button.second { background: transparent; color: var(--accent); border-color: var(--edge); }
button.bad { background: transparent; color: var(--bad); border-color: var(--bad); }
summary { cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.soft { color: var(--soft); }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; display: block; padding: .75rem 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 32rem) {
  h1 { font-size: 1.45rem; }
  h2 { margin-top: 1.5rem; }
  .brand, main, footer { padding-inline: .875rem; }
  .brand { padding-block: .375rem; }
}
@media (forced-colors: active) { button, .button, .next > a { border-color: ButtonText; } }
@media (prefers-reduced-motion: no-preference) { button, .button, .next > a { transition: filter .12s; } }
`;
