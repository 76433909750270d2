// The part of the style sheet that is about what apps did: a line of time with a tick, and fields for days.

/** The time line, its filter and its bar of buttons. */
export const ACTIVITY_STYLE = `
.filter { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 0 1.25rem; margin: 0 0 1rem; }
.filter form { padding-bottom: 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
#since { margin-top: 2.5rem; }
.timeline h2 { border-bottom: 2px solid var(--line); padding-bottom: .25rem; margin: 2rem 0 .5rem; }
.timeline h3 { font-size: 1rem; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
.calls { list-style: none; margin: 0; padding: 0; }
.call { display: grid; grid-template-columns: 5.5rem 1fr; gap: .75rem; padding: .25rem 0; border-top: 1px solid var(--line);
  align-items: start; }
.call:first-child { border-top: 0; }
.call a { overflow-wrap: anywhere; display: inline-block; padding: .5rem 0; }
.call p { margin: 0 0 .5rem; font-size: .9rem; overflow-wrap: anywhere; }
.call.over a { color: var(--soft); text-decoration: line-through; }
.tabs { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0 0 1rem; }
.tabs a { padding: .5rem 0; }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; border-bottom: 2px solid var(--accent); }
.handed { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .75rem; border-top: 1px solid var(--line); align-items: start; }
.handed:first-child { border-top: 0; }
.handed .tick { padding: 0; }
.handed summary { overflow-wrap: anywhere; }
.handed p, .handed li { margin: .5rem 0; overflow-wrap: anywhere; }
.ids { font: .85rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
.tick { font-weight: 400; display: flex; gap: .5rem; align-items: center; min-height: 2.75rem; font-variant-numeric: tabular-nums; }
span.tick { padding-left: 1.75rem; color: var(--soft); }
.call .mark { display: inline-block; margin: 0; }
.bar { align-items: center; background: var(--paper); border-top: 2px solid var(--line); margin: 1rem 0; padding: .75rem 0; }
.timeline:has(.tick :checked) .bar { position: sticky; bottom: 0; }
@media (max-width: 32rem) { .pair { grid-template-columns: 1fr; } .call { grid-template-columns: 4.75rem 1fr; gap: .5rem; }
  .handed { grid-template-columns: 3.25rem minmax(0, 1fr); gap: .5rem; } }
`.trimStart();
