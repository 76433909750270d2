// Whether a person looks at the answer. Decides the form of a refusal, and nothing else.

/** Browsers ask for pages, programs do not. */
export function isBrowser({ headers }: Request): boolean {
  return headers.get("accept")?.includes("text/html") ?? false;
}
