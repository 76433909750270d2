import { type Json, member, only } from "./mask.ts";
import type { Transcript } from "./transcript.ts";

/** Somebody with an account. */
export interface Person {
  readonly email: string;
  readonly userId: string;
  readonly jwt: string;
  readonly cookie: string;
  readonly personalSpace: string;
}

/** Who and what the later questions need. */
export interface Cast {
  readonly anna: Person;
  readonly ben: Person;
  readonly cara: Person;
  /** A team space of anna's with ben as a member. */
  readonly teamSpace: string;
}

const ORIGIN = { origin: "http://localhost:5173" };

/** Headers of a person's device. */
export function bearer(who: Person, client?: string): Record<string, string> {
  return { authorization: `Bearer ${who.jwt}`, ...(client ? { "x-client-id": client } : {}) };
}

/** Asks about health, keys, accounts, tokens and spaces. */
export async function askAuth(transcript: Transcript): Promise<Cast> {
  const { ask, remember, run, target } = transcript;
  const base = target.auth;
  await ask("health of auth", "GET", "/health", { base, compare: "shape" });
  await ask("health of sync", "GET", "/health", { compare: "shape" });
  await ask("keys", "GET", "/api/auth/jwks", { base, compare: "shape" });
  await ask("keys, versioned path", "GET", "/api/v1/auth/jwks", { base, compare: "shape" });
  const anna = await makePerson(transcript, "anna");
  const ben = await makePerson(transcript, "ben");
  const cara = await makePerson(transcript, "cara");

  const list = "/api/auth/organization/list";
  await ask("spaces with a JWT", "GET", list, { base, headers: bearer(anna), compare: "noted" });
  const validate = "/api/v1/auth/validate";
  await ask("validate a JWT", "POST", validate, { base, body: { token: anna.jwt }, compare: "shape" });
  await ask("validate nonsense", "POST", validate, { base, body: { token: "nonsense" }, compare: "status" });

  const service = { "x-service-key": target.serviceKey };
  const internal = "/api/v1/internal";
  const memberships = (who: Person) => `${internal}/users/${who.userId}/memberships`;
  await ask("memberships with the service key", "GET", memberships(anna), { base, headers: service });
  await ask("memberships with a wrong service key", "GET", memberships(anna), {
    base,
    headers: { "x-service-key": "wrong" },
    compare: "status",
  });
  await ask("memberships without a service key", "GET", memberships(anna), { base, compare: "status" });

  const organization = (action: string) => `/api/auth/organization/${action}`;
  const asAnna = { cookie: anna.cookie, ...ORIGIN };
  await ask("create a space without a type", "POST", organization("create"), {
    base,
    headers: asAnna,
    body: { name: "Typeless", slug: `typeless-${run}` },
    compare: "status",
  });
  const slug = remember(`team-${run}`, "team.slug");
  const team = await ask("create a team space", "POST", organization("create"), {
    base,
    headers: asAnna,
    body: { name: "Team", slug, metadata: { type: "team" } },
    compare: "shape",
    keep: only("id", "name", "slug"),
  });
  const teamSpace = remember(member(team.body, "id"), "team.id");
  const invitation = await ask("invite ben", "POST", organization("invite-member"), {
    base,
    headers: asAnna,
    body: { email: ben.email, role: "member", organizationId: teamSpace },
    compare: "status",
  });
  await ask("ben accepts", "POST", organization("accept-invitation"), {
    base,
    headers: { cookie: ben.cookie, ...ORIGIN },
    body: { invitationId: String(member(invitation.body, "id") ?? "") },
    compare: "status",
  });
  await ask("memberships of ben", "GET", memberships(ben), { base, headers: service });
  const isMember = (who: Person) => `${internal}/org/${teamSpace}/member/${who.userId}`;
  await ask("is ben a member", "GET", isMember(ben), { base, headers: service });
  await ask("is cara a member", "GET", isMember(cara), { base, headers: service });
  await ask("delete the personal space", "POST", organization("delete"), {
    base,
    headers: asAnna,
    body: { organizationId: anna.personalSpace },
    compare: "status",
  });
  return { anna, ben, cara, teamSpace };
}

async function makePerson(transcript: Transcript, name: string): Promise<Person> {
  const { ask, remember, mask, run, target } = transcript;
  const base = target.auth;
  const email = remember(`${name}.${run}@mana.test`, `${name}.email`);
  const password = remember(`Probe-${run}-pass`, "password");
  const register = (question: string, address: string, secret: string, rest: object) =>
    ask(question, "POST", "/api/v1/auth/register", {
      base,
      headers: ORIGIN,
      body: { email: address, password: secret, name },
      ...rest,
    });
  const made = await register(`register ${name}`, email, password, { compare: "shape", keep: only("user") });
  remember(member(made.body, "user", "id"), `${name}.id`);
  if (name === "anna") {
    await register("register the same address again", email, password, { compare: "noted" });
    await register("register with a short password", `x${email}`, "short", { compare: "status" });
  }
  await target.verify(email);
  const login = "/api/v1/auth/login";
  if (name === "anna") {
    const body = { email, password: "wrong-password" };
    await ask("log in with a wrong password", "POST", login, {
      base,
      headers: ORIGIN,
      body,
      compare: "status",
    });
  }
  const body = { email, password };
  const loggedIn = await ask(`log in ${name}`, "POST", login, {
    base,
    headers: ORIGIN,
    body,
    compare: "shape",
    keep: only("accessToken", "refreshToken", "token", "user"),
  });
  const jwt = remember(member(loggedIn.body, "accessToken"), `${name}.jwt`);
  const { cookie } = await ask(`sign in ${name} for a cookie`, "POST", "/api/auth/sign-in/email", {
    base,
    headers: ORIGIN,
    body,
    compare: "status",
  });
  const headers = { cookie };
  const token = await ask(`JWT for ${name}'s cookie`, "GET", "/api/auth/token", {
    base,
    headers,
    compare: "shape",
  });
  const usable = jwt || remember(member(token.body, "token"), `${name}.jwt`);
  const [header, claims] = usable.split(".").map(decodePart);
  const userId = remember(member(claims, "sub"), `${name}.id`);
  transcript.add({
    name: `claims of ${name}'s JWT`,
    compare: "shape",
    request: { method: "-", path: "-", headers: {} },
    response: {
      status: 0,
      contentType: "",
      body: mask({ header: header ?? null, claims: showClaims(claims, base) }),
    },
  });
  const spaces = await ask(`spaces of ${name} by cookie`, "GET", "/api/auth/organization/list", {
    base,
    headers,
    compare: "shape",
  });
  const first = Array.isArray(spaces.body) ? spaces.body[0] : undefined;
  return {
    email,
    userId,
    jwt: usable,
    cookie,
    personalSpace: remember(member(first, "id"), `${name}.personal`),
  };
}

function showClaims(claims: Json | undefined, base: string): Json {
  if (claims === null || typeof claims !== "object" || Array.isArray(claims)) return null;
  const iss = claims.iss === base ? "<auth base url>" : claims.iss ?? null;
  return { ...claims, iss, lifetimeSeconds: Number(claims.exp) - Number(claims.iat) };
}

function decodePart(part: string, index: number): Json {
  if (index > 1) return null;
  return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(part, { alphabet: "base64url" })));
}
