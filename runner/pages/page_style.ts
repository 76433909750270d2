// The report's one style sheet: the shared rules, and what only the report has, from 320 CSS pixels to a wide screen.
import { BASE_STYLE } from "../../process/look/base_style.ts";

/** The style sheet, as CSS. */
export const PAGE_STYLE = `${BASE_STYLE}
:root { --page: 68rem; }
.brand { border-bottom: 1px solid var(--line); }
footer { border-top: 1px solid var(--line); }
h3 { margin: 0; font-size: 1.05rem; }
h3 .soft { font-weight: 400; font-size: .9rem; }
p { margin: .25rem 0; }
.lead { font-size: 1.1rem; max-width: 38rem; }
.alarm { color: var(--bad); font-weight: 600; }
code { font-size: .95em; background: var(--card); border: 1px solid var(--line); border-radius: .25rem; padding: 0 .25rem; }
ul, ol { list-style: none; padding: 0; margin: 0; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 0; }
.totals div { border: 1px solid var(--line); border-radius: .75rem; padding: .5rem .75rem; background: var(--card); }
.totals dt { color: var(--soft); font-size: .9rem; }
.totals dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.totals .bad dd { color: var(--bad); }
.totals .good dd { color: var(--good); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: .75rem; }
.card { border: 1px solid var(--line); border-left: .25rem solid var(--edge); border-radius: .75rem; padding: .75rem 1rem;
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
.ticks li { display: flex; flex-wrap: wrap; gap: 0 1rem; border-left: .25rem solid var(--edge); padding: .25rem .75rem;
  margin-bottom: .5rem; }
@media (max-width: 40rem) {
  .totals { grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: .5rem; }
  .rows li { grid-template-columns: 1fr auto 96px; }
  .rows li > :last-child { grid-column: 1 / -1; }
}
`;
