// The stand-in of an operator's real services for a developer, with Anna, who has a vault and a team. From the repository:
// deno run --no-prompt --allow-net=127.0.0.1:3001,127.0.0.1:3050 "--allow-run=$(deno run --no-prompt scripts/exec_path.ts)" \
//   --allow-env=DENO_DIR,HOME,XDG_CACHE_HOME,LOCALAPPDATA,PATH --ignore-env tests/_support/real_services/serve.ts
import { z } from "zod";
import { serveRealServices } from "./serve_real_services.ts";
import { VAULT_PATH } from "./vault_and_sync.ts";

/** Listens on the ports of the real services until it is interrupted. */
async function main(): Promise<void> {
  const services = await serveRealServices({
    authPort: 3001,
    syncPort: 3050,
    issuer: "http://localhost:3001",
  });
  const { email, password } = await services.people.make("anna");
  const login = await services.ask("/api/v1/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const { accessToken } = z.object({ accessToken: z.string() }).parse(await login.json());
  const headers = { authorization: `Bearer ${accessToken}` };
  await services.ask(`${VAULT_PATH}/init`, { method: "POST", headers });
  await services.people.makeTeam(email, "Team");
  const line = `auth ${services.authUrl}, sync ${services.syncUrl}; ${email}, password: ${password}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

await main();
