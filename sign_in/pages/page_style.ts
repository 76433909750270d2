// The one style sheet: system fonts, light and dark as the person's device has it, one column that fits a phone.

import { ACCESS_STYLE } from "./access/access_style.ts";
import { ACTIVITY_STYLE } from "./activity/activity_style.ts";
import { APPROVALS_STYLE } from "./approvals/approvals_style.ts";
import { CHANGED_ROWS_STYLE } from "./changed_rows_style.ts";

/** The style sheet, as CSS. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #757d87; --card: #f6f8fa;
  --accent: #0b57d0; --on-accent: #fff; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9ea7b3; --line: #6e7681; --card: #161b22;
    --accent: #8ab4f8; --on-accent: #0d1117; --bad: #ffa198; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.05rem/1.5 system-ui, sans-serif; }
main, header, footer { max-width: 38rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; border-bottom: 1px solid var(--line); }
header strong { margin-right: auto; }
nav { display: flex; gap: 1.25rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; overflow-wrap: anywhere; }
a { color: var(--accent); }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .25rem 1rem; }
dt { color: var(--soft); }
p, li { overflow-wrap: break-word; }
dd { margin: 0; overflow-wrap: anywhere; }
fieldset, article { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 1rem; padding: .75rem 1rem; }
fieldset > p { margin: 0 0 .75rem; }
${ACCESS_STYLE}${CHANGED_ROWS_STYLE}${APPROVALS_STYLE}${ACTIVITY_STYLE}fieldset fieldset { display: flow-root; border-width: 1px 0 0; border-radius: 0; margin: 0; padding: .25rem 0; }
summary { cursor: pointer; padding: .625rem 0; color: var(--accent); }
article details fieldset { background: var(--card); }
legend { font-weight: 600; padding: 0 .25rem; }
fieldset fieldset legend { float: left; width: 7rem; padding: 0; line-height: 2.75rem; }
@media (max-width: 32rem) { fieldset fieldset legend { width: 100%; line-height: 2; } }
article { background: var(--card); }
article h2 { margin-top: .25rem; }
article form ul { list-style: none; padding: 0; }
article form li { display: flex; gap: 1rem; justify-content: space-between; align-items: center; padding: .375rem 0;
  border-top: 1px solid var(--line); }
li button { flex: none; }
label { display: block; }
label.choice { display: inline-flex; gap: .5rem; align-items: center; min-height: 2.75rem; margin-right: 1.25rem; }
label.line { display: flex; margin: 0; }
label.line ~ label:not(.line) { margin-left: 1.75rem; }
label + p { margin: 0; }
input[type=checkbox], input[type=radio] { width: 1.25rem; height: 1.25rem; margin: 0; flex: none;
  accent-color: var(--accent); }
input[type=email], input[type=password], input[type=text], select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem;
  margin: .25rem 0 1rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line);
  border-radius: .4rem; }
fieldset > input[type=text] { margin: 0 0 .5rem; }
input[aria-invalid=true] { border: 2px solid var(--bad); }
button { font: inherit; min-height: 2.75rem; padding: .5rem 1.25rem; border-radius: .4rem; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
button.second { background: transparent; color: var(--accent); }
button.bad { background: transparent; color: var(--bad); border-color: var(--bad); }
header button { border: 0; background: none; color: var(--accent); text-decoration: underline; padding: 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
.soft { color: var(--soft); }
.problem { border-left: .3rem solid var(--bad); padding: .25rem 1rem; margin: 0 0 1rem; }
.problem p, .problem ul { margin: .25rem 0; }
ul { padding-left: 1.25rem; }
@media (max-width: 32rem) {
  body { font-size: 1rem; line-height: 1.4; }
  h1 { font-size: 1.4rem; margin: .5rem 0; }
  h2, p { margin: .5rem 0; }
  main { padding: .75rem; }
  header { padding: .25rem .75rem; gap: 0 .75rem; }
  header nav { flex-wrap: wrap; gap: .25rem 1rem; }
  header nav:has(a ~ a ~ a) { order: 1; flex: 1 0 100%; }
  fieldset { padding: .5rem .75rem; margin-bottom: .75rem; }
  dl { grid-template-columns: minmax(4rem, auto) 1fr; margin: .5rem 0; }
}
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
`;
