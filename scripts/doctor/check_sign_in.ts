// Where assistants have people sign in: at a sign-in server, or at the auth service where that is an authorization server itself.
// Contract: auth-vault section 12, RFC 8414.
import { z } from "zod";
import { isSeparate } from "../../lib/kit/services.ts";
import {
  AuthorizationServerMetadata,
  metadataAddresses,
  signInProblem,
} from "../../lib/people/authorization_server.ts";
import { askService } from "./ask_service.ts";
import { checkClock, checkKeySet } from "./check_services.ts";
import type { DiagnosisDeps, Note } from "./finding.ts";

/** Whether assistants can sign people in, and get tokens that the gateway takes and can ask about. */
export async function checkSignIn(
  deps: DiagnosisDeps,
  { isAuthThere }: { readonly isAuthThere: boolean },
  note: Note,
): Promise<void> {
  if (isSeparate("sign-in", deps.settings.serviceUrls)) await checkSignInServer(deps, note);
  else if (isAuthThere) await checkIssuer(deps, note);
}

async function checkSignInServer(deps: DiagnosisDeps, note: Note): Promise<void> {
  const url = deps.settings.serviceUrls["sign-in"];
  const health = await askService(deps, `${url}/health`);
  note(
    health.status === 200,
    `sign-in server at ${url}`,
    `${health.why}; check MANA_SIGN_IN_URL and that it runs (deno task sign-in)`,
  );
  if (health.status !== 200) return;
  checkClock(deps, "sign-in server", health, note);
  if (!await checkIssuer(deps, note)) return;
  const jwks = await askService(deps, `${url}/api/auth/jwks`);
  checkKeySet(jwks, "Ed25519 signing key of the sign-in server", note);
  await checkKey(deps, url, note);
}

/** Whether a server is there that signs assistants in, under a name that the gateway takes. False where there is none. */
async function checkIssuer(deps: DiagnosisDeps, note: Note): Promise<boolean> {
  const { serviceUrls, signInIssuers } = deps.settings;
  const name = isSeparate("sign-in", serviceUrls) ? "sign-in" : "auth";
  const found: string[] = [];
  for (const address of metadataAddresses(serviceUrls["sign-in"], signInIssuers)) {
    const metadata = AuthorizationServerMetadata.safeParse((await askService(deps, address)).json);
    if (metadata.success) found.push(metadata.data.issuer);
  }
  const issuer = found.find((one) => signInIssuers.includes(one)) ?? found[0];
  if (issuer !== undefined) {
    note(
      signInIssuers.includes(issuer),
      `assistants can sign in at ${issuer}`,
      issuerFix(name, issuer, signInIssuers),
    );
    return true;
  }
  // An auth service need not be an authorization server: people's own tokens work without.
  const problem = signInProblem("no", name) ?? "";
  if (name === "auth") note(true, problem);
  else note(false, "what answers is a sign-in server", problem);
  return false;
}

/** Tokens are compared letter by letter, so that another spelling of the same address is another issuer. */
function issuerFix(name: "auth" | "sign-in", issuer: string, ours: readonly string[]): string {
  const setting = name === "auth" ? "JWT_ISSUER" : "SIGN_IN_ISSUER";
  const meanwhile = `tokens of assistants are refused while it is ${ours.join(",")}`;
  const spelling = ours.find((one) => isSameAddress(one, issuer));
  if (spelling === undefined) return `set ${setting}=${issuer}; ${meanwhile}`;
  return name === "auth"
    ? `set ${setting}=${issuer}, letter by letter; ${meanwhile}`
    : `set ${setting}=${spelling} at the sign-in server too, letter by letter: it spells itself ${issuer}`;
}

function isSameAddress(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === b.origin && a.pathname.replace(/\/$/, "") === b.pathname.replace(/\/$/, "");
}

/** Asks about a token that nobody has: whoever may not ask is refused before anything is looked up. */
async function checkKey(deps: DiagnosisDeps, url: string, note: Note): Promise<void> {
  const { signInServiceKey } = deps.settings;
  if (signInServiceKey === null) return;
  const answer = await askService(deps, `${url}/api/v1/oauth/introspect`, {
    "x-service-key": signInServiceKey.reveal(),
  }, new URLSearchParams({ token: "a token that nobody has" }));
  note(
    answer.status === 200 && Inactive.safeParse(answer.json).success,
    "sign-in server takes the service key",
    [401, 403].includes(answer.status)
      ? `${answer.why}: SIGN_IN_SERVICE_KEY is not the key that the sign-in server was started with`
      : `${answer.why} when asked about a made-up token, expected {"active":false}: check MANA_SIGN_IN_URL`,
  );
}

const Inactive = z.object({ active: z.literal(false) });
