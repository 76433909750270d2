// A person's own token at a gateway without a sign-in server: the real auth service tells it no spaces. Nothing empty may look
// like the truth then.
import assert from "node:assert/strict";
import { z } from "zod";
import { modernRequest } from "../../_support/mcp_request.ts";
import { MODULES } from "../../../tools/modules.ts";
import type { BareGateway } from "../installation.ts";
import type { Step } from "../step.ts";
import { logIn, metadataAddress, outcomeOf, titlesIn, type Visit } from "../visit.ts";

const TOOLS = MODULES.flatMap(({ tools }) => tools);

/** The steps. */
export function bareSteps(): readonly Step[] {
  return [
    {
      says:
        "With a person's own token and no way to learn their spaces, every tool for records is refused in words",
      run: (visit) =>
        withBare(visit, undefined, async (call) => {
          for (const { name, usesRecords } of TOOLS) {
            if (!usesRecords) continue;
            const { output, message } = await call(name, { id: "x", title: "x", content: "x" });
            assert.equal(output, undefined, name);
            assert.match(message, /does not tell this gateway which spaces you have/, name);
          }
        }),
    },
    {
      says: "spaces_list explains it there, with both ways out",
      run: (visit) =>
        withBare(visit, undefined, async (call) => {
          const { output } = await call("spaces_list", {});
          assert.match(z.string().parse(output?.note), /MANA_SIGN_IN_URL.*MANA_SERVICE_KEY/);
        }),
    },
    {
      says: "Such a gateway's metadata name nobody as an authorization server, for the auth service is none",
      run: (visit) =>
        withBare(visit, undefined, async (_call, gateway) => {
          const refused = await gateway.send(modernRequest(null, "tools/list", {}, { url: gateway.mcpUrl }));
          await refused.body?.cancel();
          assert.equal(refused.status, 401);
          const address = metadataAddress(refused);
          const metadata = z.looseObject({ authorization_servers: z.unknown().optional() })
            .parse(await (await gateway.send(new Request(address))).json());
          assert.equal(metadata.authorization_servers, undefined);
        }),
    },
    {
      says:
        "With the auth service's key the person's own token works in the spaces that they are a member of",
      run: (visit) =>
        withBare(visit, visit.power("authServiceKey"), async (call, _gateway, person) => {
          const spaces = await visit.spaces();
          if (spaces.length > 1) {
            // Which of them is the personal space is not told, so the person has to say which one they mean.
            const unclear = await call("habits_list", {});
            assert.equal(unclear.output, undefined);
            assert.equal(unclear.message.includes("_personal:"), false, "half of the truth lies there");
            assert.equal((await call("habits_list", { space: `_personal:${person}` })).output, undefined);
            for (const { id } of spaces) assert.ok(unclear.message.includes(id), unclear.message);
          }
          const personal = spaces.find(({ type }) => type === "personal")?.id;
          const { output, message } = await call("habits_list", { space: personal });
          assert.ok(output, message);
          assert.deepEqual(titlesIn(output), await visit.titles("habits_list"));
        }),
    },
    {
      says: "The gateway with the sign-in server takes the person's own token too, and is as honest",
      async run(visit) {
        const { token } = await logIn(visit.at, visit.at.person);
        const params = { name: "habits_list", arguments: {} };
        const outcome = await outcomeOf(
          await visit.at.toGateway(modernRequest(token, "tools/call", params, { url: visit.at.mcpUrl })),
        );
        assert.equal(outcome.output, undefined);
        assert.match(outcome.message, /does not tell this gateway which spaces you have/);
      },
    },
  ];
}

type Call = (name: string, args: Readonly<Record<string, unknown>>) => ReturnType<typeof outcomeOf>;

async function withBare(
  visit: Visit,
  serviceKey: string | undefined,
  work: (call: Call, gateway: BareGateway, person: string) => Promise<void>,
): Promise<void> {
  await using gateway = await visit.power("startBareGateway")(serviceKey);
  const { token, id } = await logIn(visit.at, visit.at.person);
  const { mcpUrl: url } = gateway;
  await work(
    async (name, args) => {
      const wire = name.replaceAll(".", "_");
      return await outcomeOf(
        await gateway.send(modernRequest(token, "tools/call", { name: wire, arguments: args }, { url })),
      );
    },
    gateway,
    id,
  );
}
