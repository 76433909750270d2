// The part of the style sheet that is about requests of apps: what would change, and the buttons that decide.

/** Fields before and after, side by side where there is room. */
export const APPROVALS_STYLE = `
.question { font-size: 1.15rem; border-left: .3rem solid var(--accent); padding: .25rem 1rem; margin: 1rem 0;
  overflow-wrap: anywhere; }
.rows { margin: 1rem 0; }
.row { border-top: 1px solid var(--line); padding: .5rem 0; }
.row h2, .row h3, .row h4 { font-size: 1.05rem; margin: .25rem 0; overflow-wrap: anywhere; }
.row .mark { display: inline-block; font-weight: 400; }
.row.delete .mark { border-color: var(--bad); color: var(--bad); }
.fields { margin: .25rem 0 .5rem; }
.fields dt, .fields dd { grid-column: 2; }
.fields dt { grid-column: 1; }
.fields .then { border-left: .2rem solid var(--accent); padding-left: .5rem; }
.fields .now { border-left: .2rem solid var(--line); padding-left: .5rem; }
.fields .when { color: var(--soft); font-size: .85rem; }
.fields .text { white-space: pre-wrap; }
button[aria-disabled=true] { opacity: .55; cursor: default; }
.request ol { list-style: none; padding: 0; }
.request ol > li { border-top: 1px solid var(--line); padding: .25rem 0; }
.decided { list-style: none; padding: 0; }
.decided li { margin: .5rem 0; overflow-wrap: anywhere; }
@media (max-width: 32rem) {
  header, nav { gap: .25rem .75rem; }
  .fields { grid-template-columns: 1fr; } .fields dt, .fields dd { grid-column: 1; }
}
`.trimStart();
