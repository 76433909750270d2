// The report's one style sheet: system fonts, light and dark as the device has it, from 320 CSS pixels to a wide screen.

/** The style sheet, as CSS. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --card: #f6f8fa;
  --accent: #0b57d0; --good: #1a7f37; --bad: #b3261e; --open: #757d87; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9ea7b3; --line: #30363d; --card: #161b22;
    --accent: #8ab4f8; --good: #56d364; --bad: #ffa198; --open: #8b949e; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 66rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; border-bottom: 1px solid var(--line); }
header, footer { padding: 1rem 0; width: calc(100% - 2rem); }
header strong { margin-right: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
footer { color: var(--soft); border-top: 1px solid var(--line); }
footer p { margin: 0; }
main:focus { outline: none; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 0; }
h3 .soft { font-weight: 400; font-size: .9rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
.soft { color: var(--soft); }
.lead { font-size: 1.1rem; max-width: 38rem; }
.alarm { color: var(--bad); font-weight: 600; }
code { font-size: .95em; background: var(--card); border: 1px solid var(--line); border-radius: .25rem; padding: 0 .25rem; }
ul, ol { list-style: none; padding: 0; margin: 0; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 0; }
.totals div { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .75rem; background: var(--card); }
.totals dt { color: var(--soft); font-size: .9rem; }
.totals dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.totals .bad dd { color: var(--bad); }
.totals .good dd { color: var(--good); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .75rem; }
.card { border: 1px solid var(--line); border-left: .25rem solid var(--open); border-radius: .5rem; padding: .75rem 1rem;
  background: var(--card); }
.card.good, .ticks .good { border-left-color: var(--good); }
.card.bad, .ticks .bad { border-left-color: var(--bad); }
.card p { font-size: .95rem; }
.card time { display: block; font-size: .85rem; }
.rated { display: flex; gap: .75rem; align-items: center; justify-content: space-between; }
.trend { flex: none; max-width: 100%; }
.trend .scale { stroke: var(--line); stroke-width: 1; }
.trend .line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.trend .end { fill: var(--accent); }
.rows li { display: grid; grid-template-columns: minmax(8rem, 12rem) 2.5rem 96px 1fr; gap: .25rem 1rem; align-items: center;
  padding: .5rem 0; border-top: 1px solid var(--line); }
.rows .name { font-weight: 600; overflow-wrap: anywhere; }
.rows b { font-variant-numeric: tabular-nums; }
.rows span { overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: minmax(6rem, auto) 1fr; gap: .25rem 1rem; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.calls { display: flex; flex-wrap: wrap; gap: .375rem; }
.calls li { border: 1px solid var(--line); border-radius: .5rem; padding: .125rem .625rem; font-size: .9rem; background: var(--card);
  overflow-wrap: anywhere; }
.calls .refused { border-style: dashed; color: var(--soft); }
table { border-collapse: collapse; width: 100%; max-width: 38rem; }
th, td { text-align: left; padding: .375rem .75rem .375rem 0; border-top: 1px solid var(--line); vertical-align: top;
  overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 400; }
tbody th { font-weight: 400; }
td, th + th { width: 5rem; font-variant-numeric: tabular-nums; }
.ticks li { display: flex; flex-wrap: wrap; gap: 0 1rem; border-left: .25rem solid var(--open); padding: .25rem .75rem;
  margin-bottom: .5rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
@media (max-width: 40rem) {
  main { padding: .75rem; }
  header, footer { padding: .5rem 0; width: calc(100% - 1.5rem); }
  h1 { font-size: 1.4rem; }
  .totals { grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: .5rem; }
  .rows li { grid-template-columns: 1fr auto 96px; }
  .rows li > :last-child { grid-column: 1 / -1; }
}
`;
