import { DatabaseSync } from "node:sqlite";

/**
 * Fills a data folder as version 0.1.0 left it (commit d9871c4), when the tables of sign-in lay in mana.sqlite: Anna, two
 * apps that she connected and one that waits, a locked address and an address one failure before its lock. The ends of
 * her session and tokens were moved to 2099, since better-auth goes by the machine's clock.
 */
export async function fillFolderBefore(folder: string): Promise<void> {
  for (const name of ["auth", "mana"]) {
    using db = new DatabaseSync(`${folder}/${name}.sqlite`);
    db.exec(await Deno.readTextFile(`tests/oauth/folder_before/${name}.sql`));
  }
}

/** What is known about the folder. Its backend's clock stood at {@link createFlow}'s. */
export const FOLDER_BEFORE = {
  /** The connection that lives. */
  kept: {
    clientId: "lYFDADPsIR5VAi89TXS-og",
    refresh: "iiJyKyvjPCQJnlEzCpuNXFJZAcbndmYY",
    grantId: "d114f085-6432-4ea7-a699-35bd202f32fb",
  },
  /** The connection that Anna ended. */
  ended: { clientId: "A1ibgj6KVgTEh_X-nooNZg", refresh: "UtRyPhUyjdQmKRrEQauAcGxnnVOcyhWk" },
  /** The client that registered and waits. */
  waiting: "Yzl_K5lDv77mXhiA-ijN9g",
  locked: "locked@mana.test",
  nearlyLocked: "nearly@mana.test",
} as const;
