// Run before the first worker starts, under the flags of a gateway: whether the port is free, which workers that share it could not
// tell, and whether a secret is set, of which it says no more.
import { readGatewaySettings, refuseSettings } from "../gateway/gateway_settings.ts";
import { print } from "../print.ts";

const found = readGatewaySettings();
if (!found.ok) refuseSettings(found.problems);
const { host, port, nodeSecrets } = found.settings;
try {
  Deno.listen({ hostname: host, port }).close();
} catch (error) {
  if (!(error instanceof Deno.errors.AddrInUse)) throw error;
  refuseSettings([`PORT ${port} is taken by another program: set PORT to a free one`]);
}
print(nodeSecrets.length > 0 ? "NODE_SECRET is set" : "NODE_SECRET is not set");
