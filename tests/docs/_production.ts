// What docs/production.md tells an operator to write and to type, read out of the page.
import assert from "node:assert/strict";

/** The page. */
export const PAGE = "docs/production.md";

/** The settings of each file, with `secret` in place of `CHANGE-ME`. */
export async function readEnvironments(secret: string): Promise<Environments> {
  const [gateway, signIn, nodes, gateways] = await Promise.all([
    readBlock("# /etc/mana-mcp.env\n"),
    readBlock("# /etc/mana-sign-in.env\n"),
    readBlock("# added to /etc/mana-sign-in.env on each node\n"),
    readBlock("# added to /etc/mana-mcp.env on each node\n"),
  ]);
  const parse = (block: string) =>
    Object.fromEntries(
      block.trim().split("\n").map((line) => {
        const [, name = "", value = ""] = /^([A-Z_]+)=(\S+)$/.exec(line) ?? [];
        assert.notEqual(name, "", line);
        return [name, value.replace("CHANGE-ME", secret)];
      }),
    );
  return { gateway: parse(gateway), signIn: parse(signIn), nodes: parse(nodes), gateways: parse(gateways) };
}

/** Settings by name. */
export interface Environments {
  readonly gateway: Readonly<Record<string, string>>;
  readonly signIn: Readonly<Record<string, string>>;
  /** What several sign-in servers have besides. */
  readonly nodes: Readonly<Record<string, string>>;
  /** What several gateways have besides. */
  readonly gateways: Readonly<Record<string, string>>;
}

/** The rest of the block of commands or settings that begins with `start`. */
export async function readBlock(start: string): Promise<string> {
  const [, block] = (await Deno.readTextFile(PAGE)).split(
    new RegExp(`\`\`\`\\w+\n(?=${RegExp.escape(start)})`),
  );
  assert.ok(block, `${PAGE} lacks ${start}`);
  return block.split("```")[0]?.slice(start.startsWith("#") ? start.length : 0) ?? "";
}
