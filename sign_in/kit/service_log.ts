// The backend's log, as a function that is handed in. Nothing secret and nothing that people wrote goes in.

/** Takes one event. Callers pass fixed words, names and numbers: never a token, key, password or body. */
export type ServiceLog = (
  entry: { readonly event: string; readonly [name: string]: string | number },
) => void;
