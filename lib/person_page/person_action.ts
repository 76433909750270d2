// One thing that the sign-in server's pages can ask for in the name of the person who looks at them: what it is called, what it is
// given, what it answers. The door (person_door.ts) has checked who asks before an action runs.
import type { z } from "zod";
import { Refused } from "../kit/errors.ts";
import type { PageKind } from "../people/page_tokens.ts";
import type { Caller } from "../people/principal.ts";

/** What one request of a page is about. */
export interface PersonCall {
  /** The person themselves, with a token of their own: no app, and nobody who acts for them. */
  readonly caller: Caller;
  /** Ends when the time is up or the gateway stops; for a page that only shows, also when nobody waits any more. */
  readonly signal: AbortSignal;
  /** The calendar's milliseconds when the request came. */
  readonly now: number;
}

/** An action, as its room writes it. */
export interface PersonActionDefinition<Input> {
  /** The path behind `/person/`, such as `approvals/list`. */
  readonly name: string;
  /** A `decision` needs a page token that only a form with its token against CSRF makes. */
  readonly kind: PageKind;
  readonly input: z.ZodType<Input>;
  /** Returns what is sent as JSON. Throws Refused; page_answers.ts says which code the page is told. */
  run(input: Input, call: PersonCall): Promise<object>;
}

/** An action, as the door runs it. */
export interface PersonAction extends Pick<PersonActionDefinition<unknown>, "name" | "kind"> {
  /** Parses and runs. Throws Refused, `input-invalid` for a body of another form. */
  answer(json: unknown, call: PersonCall): Promise<object>;
}

/** Makes an action of its definition. */
export function definePersonAction<Input>(definition: PersonActionDefinition<Input>): PersonAction {
  const { name, kind, input } = definition;
  return Object.freeze({
    name,
    kind,
    async answer(json: unknown, call: PersonCall): Promise<object> {
      const parsed = input.safeParse(json);
      if (parsed.success) return await definition.run(parsed.data, call);
      // The names of the members alone: a message could quote what was sent.
      const problems = parsed.error.issues.map(({ path }) => path.map(String).join(".") || "the body");
      throw new Refused({ reason: "input-invalid", problems: [...new Set(problems)] });
    },
  });
}
