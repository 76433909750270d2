// Forms and queries as OAuth wants them: each parameter once (RFC 6749, sections 3.1 and 3.2). Judges no value.
import { readForm } from "../http/read_form.ts";

/** The parameters of a request body; `undefined` when it is no form, is too long, or repeats a parameter. */
export async function readOAuthForm(request: Request): Promise<URLSearchParams | undefined> {
  const form = await readForm(request);
  return form === undefined || hasRepeated(form.keys()) ? undefined : form;
}

/**
 * Whether a name comes twice, which OAuth forbids; `resource` may (RFC 8707, section 2). Looks at each name once: asking
 * a form for the values of each of its names takes the square of the 30,000 names that fit into one form.
 */
export function hasRepeated(names: Iterable<string>): boolean {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === "resource") continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}
