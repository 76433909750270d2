// The one style sheet: the shared rules, and what only these pages have: forms, cards, facts in two columns, problems first.

import { BASE_STYLE } from "../../process/look/base_style.ts";
import { ACCESS_STYLE } from "./access/access_style.ts";
import { ACTIVITY_STYLE } from "./activity/activity_style.ts";
import { APPROVALS_STYLE } from "./approvals/approvals_style.ts";
import { CHANGED_ROWS_STYLE } from "./changed_rows_style.ts";
import { ENTRANCE_STYLE } from "./entrance/entrance_style.ts";

/** The style sheet, as CSS. */
export const PAGE_STYLE = `${BASE_STYLE}
.brand { border-bottom: 1px solid var(--line); }
.brand form { margin: 0; }
.brand button { border: 0; background: none; color: var(--accent); font-weight: 400; text-decoration: underline;
  text-underline-offset: .15em; padding: 0; }
main { padding-block: 1.25rem 3rem; }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .375rem 1rem; margin: .75rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
dd ul { margin: 0; }
fieldset, article { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; margin: 0 0 1.25rem;
  padding: 1rem 1.25rem; min-inline-size: 0; }
fieldset > p { margin: 0 0 .75rem; }
${ACCESS_STYLE}${CHANGED_ROWS_STYLE}${APPROVALS_STYLE}${ACTIVITY_STYLE}${ENTRANCE_STYLE}fieldset fieldset, article fieldset { background: none; }
fieldset fieldset { display: flow-root; border-width: 1px 0 0; border-radius: 0; margin: 0; padding: .25rem 0; }
summary { padding: .625rem 0; color: var(--accent); }
legend { font-weight: 650; padding: 0 .25rem; margin-left: -.25rem; }
fieldset fieldset legend { float: left; width: 7rem; padding: .7rem .5rem .7rem 0; margin: 0; line-height: 1.35; }
@media (max-width: 32rem) { fieldset fieldset legend { width: 100%; padding: .325rem 0; } }
article h2 { margin-top: .25rem; }
article form ul { list-style: none; padding: 0; }
article form li { display: flex; gap: 1rem; justify-content: space-between; align-items: center; padding: .375rem 0;
  border-top: 1px solid var(--line); }
li button { flex: none; }
label { display: block; font-weight: 550; }
label.choice, label.line { font-weight: 400; }
label.choice { display: inline-flex; gap: .5rem; align-items: center; min-height: 2.75rem; margin-right: 1.25rem; }
label.line { display: flex; margin: 0; }
label.line ~ label:not(.line) { margin-left: 1.75rem; }
label + p { margin: 0; }
input[type=checkbox], input[type=radio] { width: 1.25rem; height: 1.25rem; margin: 0; flex: none;
  accent-color: var(--accent); }
:is(input:is([type=email], [type=password], [type=text], [type=date], [type=time]), select) { width: 100%; min-height: 2.75rem;
  padding: .5rem .75rem; margin: .25rem 0 1rem; font: inherit; color: inherit; background: var(--field);
  border: 1px solid var(--edge); border-radius: .5rem; }
fieldset > input[type=text] { margin: 0 0 .5rem; }
input[aria-invalid=true] { border: 2px solid var(--bad); }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0 0; }
.problem { background: var(--card); border: 1px solid var(--line); border-left: .3rem solid var(--bad); border-radius: .5rem;
  padding: .5rem 1rem; margin: 0 0 1.25rem; }
.problem p, .problem ul { margin: .25rem 0; }
.ways { display: flex; flex-wrap: wrap; gap: 0 1.5rem; margin: 1.25rem 0 0; }
.ways a { display: inline-flex; align-items: center; min-height: 2.75rem; }
ul { padding-left: 1.25rem; }
@media (max-width: 40rem) { .brand nav:has(a ~ a ~ a) { order: 1; flex: 1 0 100%; } }
@media (max-width: 32rem) {
  body { line-height: 1.4; }
  h1 { margin: .25rem 0 .5rem; }
  h2, p { margin: .375rem 0; }
  h2 { margin-top: 1rem; }
  .next { margin-block: .75rem; }
  main { padding-block: .5rem; }
  footer { padding-block: .25rem .75rem; }
  .buttons { margin-top: .5rem; }
  .access p, .access > label.line { margin-block: 0; }
  fieldset, article { padding: .375rem .75rem; margin-bottom: .625rem; }
  dl { grid-template-columns: minmax(4rem, auto) 1fr; gap: .25rem .75rem; margin: .5rem 0; }
}
`;
