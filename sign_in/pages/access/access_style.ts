// The part of the style sheet that is about the choice of what an app may do. It hides what the chosen preset makes pointless, and
// shows beside each group what is allowed in it. A browser that does not know :has() shows everything; access_fields.ts minds it.

/** What is hidden beside a preset, and the marks of the groups. */
export const ACCESS_STYLE = `
:is(.access, .where) > label.line { min-height: 2.5rem; }
.groups details { border-top: 1px solid var(--line); }
.groups summary { padding: .2rem 0; min-height: 2.75rem; color: var(--ink); list-style: none; }
.groups summary::-webkit-details-marker { display: none; }
.groups summary strong::before { content: "▸ "; color: var(--accent); }
.groups [open] > summary strong::before { content: "▾ "; }
.groups .about { display: block; padding-left: 1.1rem; font-size: .9rem; line-height: 1.2; }
.groups .names { margin: 0 0 .75rem 1.1rem; }
.groups .boxes { padding-left: 1.1rem; }
.groups .boxes label { margin-right: .5rem; }
.marks { float: right; }
.mark { display: none; margin-left: .375rem; padding: 0 .5rem; border: 1px solid var(--accent);
  border-radius: .4rem; color: var(--accent); font-size: .85rem; }
.where .spaces { margin-left: 1.75rem; }
.where:has(.all:checked) .spaces { display: none; }
@supports selector(:has(a)) {
  .access:has(.choose:checked) .plain .names,
  .access:has(:is(.look, .add):checked) .plain .boxes,
  .access:has(.look:checked) .sensitive label.write,
  .access:has(:is(.look, .add):checked) .sensitive label.destructive { display: none; }
  .access:has(:is(.look, .add):checked) .plain .mark.read,
  .access:has(.add:checked) .plain .mark.write,
  .access:not(:has(:is(.look, .add):checked)) details:has(input.read:checked) .mark.read,
  .access:not(:has(:is(.look, .add):checked)) details:has(input.write:checked) .mark.write,
  .access:not(:has(:is(.look, .add):checked)) details:has(input.destructive:checked) .mark.destructive,
  .sensitive:has(input.read:checked) .mark.read,
  .access:has(.add:checked) .sensitive:has(input.write:checked) .mark.write { display: inline-block; }
}
`.trimStart();
