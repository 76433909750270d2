// The part of the style sheet that is about the entrance: who waits for the person, said before anything is typed.

/** The card of the app that waits. */
export const ENTRANCE_STYLE = `
.waits { background: var(--tint); border-radius: .75rem; padding: 1rem 1.25rem; margin: 0 0 1.5rem; }
.waits p { margin: 0; }
.waits p + p { margin-top: .25rem; }
.waits .who { font-size: 1.15rem; line-height: 1.35; overflow-wrap: anywhere; }
`.trimStart();
