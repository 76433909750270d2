/** Takes one event. Callers pass fixed words, names and numbers: never a token, key, password or body. */
export type BackendLog = (
  entry: { readonly event: string; readonly [name: string]: string | number },
) => void;
