// `POST …/oauth2/register`: dynamic client registration (RFC 7591), open to everybody, bounded by registrations.ts.
import { z } from "zod";
import { jsonAnswer } from "../../http/json_answer.ts";
import { parseJsonBody } from "../../http/parse_json_body.ts";
import { ClientMetadata, metadataProblem } from "./client_metadata.ts";
import { clientName } from "./client_name.ts";
import { type Client, CLIENT_AUTH_METHODS, type ClientStore } from "./client_store.ts";
import { oauthError } from "../oauth_answer.ts";
import { refuseForeignPage } from "./refuse_foreign_page.ts";
import { redirectKind } from "./redirect_uri.ts";
import type { Registrations } from "./registrations.ts";
import { sha256 } from "../../kit/sha256.ts";

/**
 * better-auth's own registration would refuse real clients: a loopback redirect without `application_type`, or the scheme
 * of a desktop app. Its guards stand here instead: every redirect address is checked, every client has to use PKCE,
 * unused clients are bounded in number, and no page on the web can have its visitors register clients. `address` is the
 * network address that the request came from.
 */
export async function registerClient(
  deps: RegisterClientDeps,
  request: Request,
  address: string,
): Promise<Response> {
  const foreign = refuseForeignPage(request, deps.origins);
  if (foreign !== undefined) return foreign;
  const body = await parseJsonBody(request, z.unknown());
  const { data: metadata } = ClientMetadata.safeParse(body);
  if (metadata === undefined) return oauthError("invalid_client_metadata", metadataProblem(body));
  const method = judgeMetadata(metadata);
  if (method instanceof Response) return method;

  const secret = method === "none" ? undefined : randomText(deps, SECRET_BYTES);
  const registeredAt = new Date(deps.now());
  const client: Client = {
    id: randomText(deps, ID_BYTES),
    name: clientName(metadata.client_name ?? undefined, metadata.redirect_uris),
    redirectUris: metadata.redirect_uris,
    authMethod: method,
    secretHash: secret === undefined ? undefined : await sha256(secret),
    registeredAt,
    updatedAt: registeredAt,
  };
  const registration = await deps.registrations.register(client.id, address);
  if (!registration.isAdmitted) {
    const answer = oauthError("temporarily_unavailable", "Too many new clients. Try again in a minute.", 429);
    answer.headers.set("retry-after", String(registration.retryAfterSeconds));
    return answer;
  }
  for (const id of registration.forget) await deps.clients.forget(id);
  await deps.clients.save(client);
  return registered(client, secret);
}

/** What registration needs. */
export interface RegisterClientDeps {
  readonly clients: ClientStore;
  readonly registrations: Registrations;
  /** Web origins that may register clients, besides those of this computer. */
  readonly origins: readonly string[];
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array<ArrayBuffer>;
}

/** Bytes of a client secret. */
const SECRET_BYTES = 32;

/** Bytes of a client id. It is no secret, but cannot be guessed. */
const ID_BYTES = 16;

/** The way in which the client will prove who it is, or the refusal of metadata that this service cannot serve. */
function judgeMetadata(metadata: ClientMetadata): Client["authMethod"] | Response {
  if (metadata.redirect_uris.some((uri) => redirectKind(uri) === undefined)) {
    return oauthError(
      "invalid_redirect_uri",
      "A redirect URI must use https, http on 127.0.0.1, [::1] or localhost, or the app's own scheme",
    );
  }
  const { grant_types: grants, response_types: responses } = metadata;
  if (grants && !grants.includes("authorization_code")) {
    return oauthError("invalid_client_metadata", "grant_types must include authorization_code");
  }
  if (responses && !responses.includes("code")) {
    return oauthError("invalid_client_metadata", "response_types must include code");
  }
  const method = z.enum(CLIENT_AUTH_METHODS).safeParse(
    metadata.token_endpoint_auth_method ?? "client_secret_basic",
  );
  if (method.success) return method.data;
  const supported = CLIENT_AUTH_METHODS.join(", ");
  return oauthError("invalid_client_metadata", `token_endpoint_auth_method must be one of ${supported}`);
}

function randomText({ randomBytes }: RegisterClientDeps, bytes: number): string {
  return randomBytes(bytes).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The client as it is told to itself (RFC 7591, section 3.2.1); the secret is told this once. */
function registered(client: Client, secret: string | undefined): Response {
  return jsonAnswer(201, {
    client_id: client.id,
    client_id_issued_at: Math.floor(client.registeredAt.getTime() / 1000),
    ...(secret === undefined ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    client_name: client.name,
    redirect_uris: client.redirectUris,
    token_endpoint_auth_method: client.authMethod,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
  });
}
