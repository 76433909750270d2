// Which way in a persona has: the catalogue says so.
import type { Access } from "./access.ts";

/** The way in of the persona's own choice. */
export function chooseAccess(ways: { readonly own: Access; readonly app: Access }): Access {
  return { open: (persona, signal) => ways[persona.access].open(persona, signal) };
}
