// Anna's family space with Ben, and an app of hers at two gateways over the same services that cannot ask each other.
import { makeTeam } from "../_support/team.ts";
import { type Account, signIn } from "../_support/test_backend.ts";
import type { World } from "../_support/world.ts";
import {
  type AppWorld,
  callTool,
  connectAs,
  createAppWorld,
  done,
  type Result,
} from "../approvals/_approvals.ts";

/** The world, and the app as each gateway sees it. `env`: of both gateways. */
export async function createFamily(env: Record<string, string>): Promise<Family> {
  const world = await createAppWorld(env);
  const ben = await world.person("ben");
  const family = await makeTeam(world, world.owner, ben);
  const owner = await signIn(world, "anna@mana.test");
  const app = await connectAs(world, "Helper", {
    allow: ["notes:read", "notes:write", "notes:destructive"],
    where: "all",
  });
  const at = (gateway: World["gateway"]): AppAt => {
    const call = (name: string, args: Record<string, unknown>) =>
      callTool(world, app, name, args, { gateway });
    return {
      call,
      share: (title) => call("notes_create", { title, space: family }),
      readShared: () => done(call("notes_search", { query: "", space: family })),
      readPrivate: () => done(call("notes_search", { query: "" })),
    };
  };
  const write = async (token: string, title: string, space?: string) =>
    void await done(
      callTool(world, token, "notes_create", {
        title,
        content: "words",
        ...(space === undefined ? {} : { space }),
      }),
    );
  await write(ben.token, "Ben's words", family);
  await write(owner.token, "diary");
  return { world, owner, app, family, one: at(world.gateway), other: at(world.sdkOnly) };
}

/** See {@link createFamily}. */
export interface Family {
  readonly world: AppWorld;
  readonly owner: Account;
  /** The app's access token. */
  readonly app: string;
  /** The id of the family's space. */
  readonly family: string;
  /** The app at one gateway and at the other. */
  readonly one: AppAt;
  readonly other: AppAt;
}

/** What the app does at one gateway. */
export interface AppAt {
  call(name: string, args: Record<string, unknown>): Promise<Result>;
  /** Writes a note into the family's space. */
  share(title: string): Promise<Result>;
  readShared(): Promise<Record<string, unknown>>;
  readPrivate(): Promise<Record<string, unknown>>;
}
