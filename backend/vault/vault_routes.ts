// `/api/v1/me/encryption-vault/*` for the person of the access token (auth-vault, section 5). An app's token may only read.
import { Hono } from "@hono/hono";
import { z } from "zod";
import { serviceError } from "../../sign_in/http/service_error.ts";
import { readBearer } from "../../sign_in/http/read_bearer.ts";
import type { VerifyToken } from "../auth/tokens/token_verifier.ts";
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";
import { KEY_BYTES, RECOVERY_TEXT } from "../kit/limits.ts";
import { parseJsonBody } from "../../sign_in/http/parse_json_body.ts";
import type { Vault, VaultRefusal, VaultResult } from "./vault.ts";

/** The vault's endpoints. */
export function createVaultRoutes(vault: Vault, verifyToken: VerifyToken): Hono {
  const routes = new Hono();
  const forPerson = async (
    request: Request,
    run: (userId: string) => Response | Promise<Response>,
  ): Promise<Response> => {
    const token = readBearer(request.headers);
    if (token === undefined) return serviceError(401, "Missing or invalid Authorization header");
    const verified = await verifyToken(token);
    if (verified === undefined) return serviceError(401, "Invalid or expired token");
    // A token that the gateway got for an app (RFC 8693, `act`) opens records. Only the person may change the key.
    const isForApp = verified.payload.act !== undefined;
    if (isForApp && request.method !== "GET") return serviceError(403, "Not with an app's token");
    return await run(verified.sub);
  };

  routes.get("/status", (c) => forPerson(c.req.raw, (me) => jsonAnswer(200, vault.status(me))));
  routes.post("/init", (c) => forPerson(c.req.raw, async (me) => jsonAnswer(200, await vault.init(me))));
  routes.get("/key", (c) => forPerson(c.req.raw, async (me) => toAnswer(await vault.key(me), (key) => key)));
  routes.post(
    "/rotate",
    (c) => forPerson(c.req.raw, async (me) => toAnswer(await vault.rotate(me), (key) => key)),
  );

  routes.post("/recovery-wrap", (c) =>
    forPerson(c.req.raw, async (me) => {
      const body = await parseJsonBody(c.req.raw, Recovery);
      if (body === undefined) {
        return badRequest("recoveryWrappedMk and recoveryIv are required (base64 strings)");
      }
      return toAnswer(vault.setRecovery(me, body), () => ({ ok: true }));
    }));
  routes.delete(
    "/recovery-wrap",
    (c) => forPerson(c.req.raw, (me) => toAnswer(vault.clearRecovery(me), () => ({ ok: true }))),
  );

  routes.post("/zero-knowledge", (c) =>
    forPerson(c.req.raw, async (me) => {
      const body = await parseJsonBody(c.req.raw, Switch);
      if (body === undefined) return badRequest("`enable: boolean` is required");
      if (body.enable) {
        return toAnswer(vault.enableZeroKnowledge(me), () => ({ ok: true, zeroKnowledge: true }));
      }
      const text = MasterKey.safeParse(body.masterKey);
      if (!text.success) return badRequest("`masterKey: base64` is required when disabling zero-knowledge");
      const masterKey = Uint8Array.fromBase64(text.data);
      if (masterKey.length !== KEY_BYTES) return badRequest(`masterKey must decode to ${KEY_BYTES} bytes`);
      const done = await vault.disableZeroKnowledge(me, masterKey);
      return toAnswer(done, () => ({ ok: true, zeroKnowledge: false }));
    }));
  return routes;
}

const base64 = z.base64().min(1).max(RECOVERY_TEXT);

const Recovery = z.object({ recoveryWrappedMk: base64, recoveryIv: base64 });

const Switch = z.object({ enable: z.boolean(), masterKey: z.unknown().optional() });

const MasterKey = z.base64().min(1);

const REFUSALS: Readonly<Record<VaultRefusal, { status: number; error: string; code: string }>> = {
  "not-initialised": { status: 404, error: "vault not initialised", code: "VAULT_NOT_INITIALISED" },
  "zk-rotate-forbidden": {
    status: 409,
    error: "cannot rotate in zero-knowledge mode",
    code: "ZK_ROTATE_FORBIDDEN",
  },
  "zk-active": {
    status: 409,
    error: "cannot clear recovery wrap while zero-knowledge is active",
    code: "ZK_ACTIVE",
  },
  "recovery-wrap-missing": {
    status: 400,
    error: "set a recovery wrap before enabling zero-knowledge",
    code: "RECOVERY_WRAP_MISSING",
  },
};

function toAnswer<T>(result: VaultResult<T>, body: (value: T) => unknown): Response {
  if (result.ok) return jsonAnswer(200, body(result.value));
  const { status, error, code } = REFUSALS[result.reason];
  return jsonAnswer(status, { error, code });
}

function badRequest(error: string): Response {
  return jsonAnswer(400, { error, code: "BAD_REQUEST" });
}
