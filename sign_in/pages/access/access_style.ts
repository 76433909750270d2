// The part of the style sheet that is about the choice of what an app may do. It hides what the chosen preset makes pointless, and
// shows beside each group what is allowed in it. A browser that does not know :has() shows everything; access_fields.ts minds it.

/** What is hidden beside a preset, the marks of the groups, and the folds of what of a module is seen. */
export const ACCESS_STYLE = `
:is(.access, .where) > label.line { min-height: 2.25rem; }
.access > p { margin: .25rem 0; }
.groups > details { border-top: 1px solid var(--line); }
.groups summary { padding: 0; min-height: 2.5rem; color: var(--ink); list-style: none; }
@media (min-width: 32rem) { .groups > details > summary { padding: .3rem 0; } }
.groups summary::-webkit-details-marker { display: none; }
.groups > details > summary strong::before { content: "▸ "; color: var(--accent); }
.groups > [open] > summary strong::before { content: "▾ "; }
.groups .about { display: block; padding-left: 1.1rem; font-size: .9rem; line-height: 1.2; }
.groups .boxes { padding-left: 1.1rem; }
.groups .boxes label { gap: .375rem; margin-right: .875rem; }
.marks { float: right; }
.mark { display: none; margin-left: .375rem; padding: 0 .5rem; border: 1px solid var(--accent);
  border-radius: .4rem; color: var(--accent); font-size: .85rem; }
.only { clear: both; padding-bottom: .25rem; }
.groups .only summary { min-height: 2rem; padding: .25rem 0; color: var(--accent); overflow-wrap: anywhere; }
.only .said::before { content: "▸ "; }
.only[open] .said::before { content: "▾ "; }
.only .count { color: var(--ink); font-weight: 600; }
.only select { margin-bottom: .5rem; }
fieldset .only fieldset { border: 0; padding: .25rem 0; }
fieldset fieldset .only legend { float: none; width: auto; padding: 0; line-height: 2; font-weight: 400; }
.only label.line { min-height: 2.25rem; }
.where .spaces { margin-left: 1.75rem; }
.where:has(.all:checked) .spaces { display: none; }
@supports selector(:has(a)) {
  .access:has(:is(.look, .add, .month, .tasks):checked) .plain .boxes > fieldset > label,
  .access:has(:is(.look, .month):checked) .sensitive label.write,
  .access:has(:is(.look, .add, .month):checked) .sensitive label.destructive,
  .access:has(:is(.look, .month):checked) label.blind,
  .access:has(.month:checked) :is(.since, .boxes > fieldset:not(.dated), .groups > .plain:not(.dated)),
  .access:has(.tasks:checked) :is(.sensitive, .boxes > fieldset:not(.tasked), .groups > .plain:not(.tasked)) {
    display: none; }
  .access:has(:is(.look, .add, .month, .tasks):checked) .plain .mark.read,
  .access:has(:is(.add, .tasks):checked) .plain .mark.write,
  .access:not(:has(:is(.look, .add, .month, .tasks):checked)) details:has(input.read:checked) .mark.read,
  .access:not(:has(:is(.look, .add, .month, .tasks):checked)) details:has(input.write:checked) .mark.write,
  .access:not(:has(:is(.look, .add, .month, .tasks):checked)) details:has(input.destructive:checked) .mark.destructive,
  .sensitive:has(input.read:checked) .mark.read,
  .access:has(.add:checked) .sensitive:has(input.write:checked) .mark.write { display: inline-block; }
}
`.trimStart();
