// The part of the style sheet that is about requests of apps: the question, and the buttons that decide.

/** The question, its buttons, and the list of what was answered. */
export const APPROVALS_STYLE = `
.question { font-size: 1.15rem; background: var(--tint); border-left: .3rem solid var(--accent); border-radius: .5rem; padding: .75rem 1rem;
  margin: 1rem 0; }
button[aria-disabled=true] { opacity: .55; cursor: default; }
.request ol { list-style: none; padding: 0; }
.request ol > li { border-top: 1px solid var(--line); padding: .25rem 0; }
.decided { list-style: none; padding: 0; }
.decided li { margin: .5rem 0; }
`.trimStart();
