// The real gateway as every world of one process has it: no chance, no real version, every secret hidden strictly.
import { createGateway, type Gateway, type GatewayDeps } from "../../lib/gateway.ts";
import { hideStrictly } from "../../lib/kit/secret.ts";

/** Creates it. */
export function createTestGateway(deps: TestGatewayDeps): Gateway {
  return createGateway({
    version: "0.0.0-test",
    newId: () => crypto.randomUUID(),
    random: () => 0,
    hide: hideStrictly,
    ...deps,
  });
}

/** What differs between the worlds. */
export type TestGatewayDeps = Omit<GatewayDeps, "version" | "newId" | "random" | "hide">;
