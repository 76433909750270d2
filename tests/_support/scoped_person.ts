// A person whose app may do less than the person: a token with scopes.
import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { AUTH_URL } from "./test_backend.ts";
import type { Person, World } from "./world.ts";

/** The person with a token of these scopes, which the services take for the person's own. */
export async function scoped(world: World, person: Person, scope: string): Promise<Person> {
  const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  const kid = crypto.randomUUID();
  const jwk = { ...await exportJWK(publicKey), kid, alg: "EdDSA" };
  const seconds = Math.floor(world.clock.now / 1000);
  const claims = { sub: person.id, role: "user", iss: AUTH_URL, aud: "mana", scope };
  const token = await new SignJWT({ ...claims, iat: seconds, exp: seconds + 900 })
    .setProtectedHeader({ alg: "EdDSA", kid }).sign(privateKey);
  world.clock.now += 11_000; // past the pause between two looks at the key set
  world.intercept = (request) => {
    if (request.url.endsWith("/jwks")) return Response.json({ keys: [jwk] });
    if (request.headers.get("authorization") !== `Bearer ${token}`) return undefined;
    const own = new Request(request, {
      headers: { ...Object.fromEntries(request.headers), authorization: `Bearer ${person.token}` },
    });
    const service = new URL(request.url).host === "sync.test" ? world.backend.sync : world.backend.auth;
    return service.fetch(own);
  };
  return { ...person, token };
}
