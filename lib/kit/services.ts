// The services the gateway talks to, written once. Their names, addresses, network permission, readiness, spans, words in
// refusals and place on the home page are made of this list. It stands in kit/ because refusals and settings need it.

/** One service, as the rest of the gateway tells of it. */
export interface Service {
  /** Its name in refusals, logs, spans, metrics, `/ready` and reports on permissions. */
  readonly name: string;
  /** What a person reads after "The …", as in "The sync service did not answer in time". */
  readonly words: string;
  /** What it is for, on the home page. */
  readonly purpose: string;
  /** The environment variable with its address. */
  readonly setting: string;
  /** Its address where the variable is not set; null: the auth service can be this service too, and is by default. */
  readonly fallback: string | null;
  /** What the variable means, as the README's table of settings shows it. */
  readonly meaning: string;
  /** A path that answers 200 to anyone while the service is well. `/ready` asks for it. */
  readonly healthPath: string;
}

/** Every service. The first one, auth, stands for those that have no address of their own. */
export const SERVICES = [
  {
    name: "auth",
    words: "auth service",
    purpose: "Accounts and spaces",
    setting: "MANA_AUTH_URL",
    fallback: "http://localhost:3001",
    meaning: "Auth service: keys (JWKS) and spaces.",
    healthPath: "/api/auth/jwks",
  },
  {
    name: "sync",
    words: "sync service",
    purpose: "Stored data",
    setting: "MANA_SYNC_URL",
    fallback: "http://localhost:3050",
    meaning: "Sync service: the change log.",
    healthPath: "/health",
  },
  {
    name: "vault",
    words: "key vault",
    purpose: "Key vault",
    setting: "MANA_VAULT_URL",
    fallback: null,
    meaning: "Key vault; the auth service by default.",
    healthPath: "/health",
  },
  {
    name: "sign-in",
    words: "sign-in server",
    purpose: "Sign-in of assistants",
    setting: "MANA_SIGN_IN_URL",
    fallback: null,
    meaning:
      "Sign-in server: where assistants have people sign in, and whose tokens of assistants are taken; the auth service by default, which then has to be an authorization server itself.",
    healthPath: "/health",
  },
] as const satisfies readonly Service[];

/** The name of one of the services. */
export type ServiceName = typeof SERVICES[number]["name"];

/** One value for each service, by its name. */
export type ByService<Value> = Readonly<Record<ServiceName, Value>>;

/** Makes one value for each service, in the order of the list. */
export function byService<Value>(make: (service: typeof SERVICES[number]) => Value): ByService<Value> {
  const values: Partial<Record<ServiceName, Value>> = {};
  for (const service of SERVICES) values[service.name] = make(service);
  if (!isComplete(values)) throw new TypeError("Two services have the same name");
  return values;
}

function isComplete<Value>(
  values: Partial<Record<ServiceName, Value>>,
): values is Record<ServiceName, Value> {
  return Object.keys(values).length === SERVICES.length;
}

/**
 * Whether a service is one of its own. Key vault and sign-in server can be the auth service itself, at its address: then no
 * permission, no question about readiness and no line of a page is made for them. The sync service never is, even where one
 * proxy gives both the same address.
 */
export function isSeparate(name: ServiceName, urls: ByService<string>): boolean {
  const service = SERVICES.find((entry) => entry.name === name);
  return service?.fallback !== null || urls[name] !== urls[SERVICES[0].name];
}
