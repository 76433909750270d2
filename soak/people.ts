import { z } from "zod";

/** A person of the soak. */
export interface Person {
  readonly name: string;
  readonly id: string;
  /** The newest token. */
  token(): string;
  /** Signs in again; keeps the old token when the auth service is down. */
  refresh(): Promise<boolean>;
  /** Master key, as a device has it. */
  readonly key: CryptoKey;
  readonly email: string;
  readonly password: string;
  /** Session of the web app, for what only it may do. */
  readonly cookie: string;
  /** Every space of the person, the personal one first. */
  readonly places: Place[];
}

/** A space of the soak. */
export interface Place {
  /** What every text written here begins with, so that a row in the wrong place is seen. */
  readonly label: string;
  readonly id: string;
  readonly kind: "personal" | "shared";
}

const Login = z.object({ accessToken: z.string(), user: z.object({ id: z.string() }) });
const Identified = z.object({ id: z.string() });
const VaultKey = z.object({ masterKey: z.string() });
/** Origin of the made-up web app, which the auth service of a soak trusts. */
export const ORIGIN = "http://localhost:5173";

/** Signs somebody up, with a vault and a personal space. Throws when the auth service does not play along. */
export async function signUp(authUrl: string, name: string): Promise<Person> {
  const email = `${name}@mana.test`;
  const password = `the password of ${name}`;
  await (await post(`${authUrl}/api/v1/auth/register`, { email, password, name })).body?.cancel();
  const signIn = async () =>
    Login.parse(await (await post(`${authUrl}/api/v1/auth/login`, { email, password })).json());
  const login = await signIn();
  let token = login.accessToken;
  const session = await post(`${authUrl}/api/auth/sign-in/email`, { email, password });
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  await session.body?.cancel();
  const spaces = await fetch(`${authUrl}/api/auth/organization/list`, { headers: { cookie } });
  const [personal] = z.array(Identified).parse(await spaces.json());
  if (personal === undefined) throw new Error(`${name} has no personal space`);
  const headers = { authorization: `Bearer ${token}` };
  await (await post(`${authUrl}/api/v1/me/encryption-vault/init`, {}, headers)).body?.cancel();
  const vault = await fetch(`${authUrl}/api/v1/me/encryption-vault/key`, { headers });
  const raw = Uint8Array.fromBase64(VaultKey.parse(await vault.json()).masterKey);
  return {
    name,
    email,
    password,
    id: login.user.id,
    cookie,
    key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]),
    places: [{ label: `@${name}`, id: personal.id, kind: "personal" }],
    token: () => token,
    async refresh() {
      try {
        token = (await signIn()).accessToken;
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Makes a shared space of `owner`. */
export async function makeSharedPlace(authUrl: string, owner: Person, label: string): Promise<Place> {
  const slug = `soak-${label.slice(1).toLowerCase()}-${crypto.randomUUID()}`;
  const made = await post(
    `${authUrl}/api/auth/organization/create`,
    { name: label, slug, metadata: { type: "team" } },
    { cookie: owner.cookie },
  );
  const place: Place = { label, id: Identified.parse(await made.json()).id, kind: "shared" };
  owner.places.push(place);
  return place;
}

/** Takes `member` into a space of `owner`. */
export async function joinPlace(authUrl: string, owner: Person, member: Person, place: Place): Promise<void> {
  const invited = await post(
    `${authUrl}/api/auth/organization/invite-member`,
    { email: member.email, role: "member", organizationId: place.id },
    { cookie: owner.cookie },
  );
  const invitationId = Identified.parse(await invited.json()).id;
  const accepted = await post(
    `${authUrl}/api/auth/organization/accept-invitation`,
    { invitationId },
    { cookie: member.cookie },
  );
  await accepted.body?.cancel();
  member.places.push(place);
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", origin: ORIGIN, ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`${new URL(url).pathname} answered ${response.status}: ${await response.text()}`);
  }
  return response;
}
