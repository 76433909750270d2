// The part of the style sheet that is about changed records: fields before and after, one below the other.

/** Records with a mark of what becomes of them, and their fields. */
export const CHANGED_ROWS_STYLE = `
.rows { margin: 1rem 0; }
.row { border-top: 1px solid var(--line); padding: .5rem 0; }
.row h2, .row h3, .row h4 { font-size: 1.05rem; margin: .25rem 0; overflow-wrap: anywhere; }
.row .mark { display: inline-block; font-weight: 400; }
.row.delete .mark { border-color: var(--bad); color: var(--bad); }
.fields { margin: .25rem 0 .5rem; }
.fields dt { grid-column: 1; }
.fields dd { grid-column: 2; }
.fields .then { border-left: .2rem solid var(--accent); padding-left: .5rem; }
.fields .now { border-left: .2rem solid var(--line); padding-left: .5rem; }
.fields .when { color: var(--soft); font-size: .85rem; }
.fields .text { white-space: pre-wrap; }
@media (max-width: 32rem) { .fields { grid-template-columns: 1fr; } .fields dt, .fields dd { grid-column: 1; } }
`.trimStart();
