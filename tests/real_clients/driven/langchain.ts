/** LangChain's adapters as the lane drives them. */
import assert from "node:assert/strict";
import { closeWayOut } from "../closed_way_out.ts";
import { runClient } from "../run_client.ts";
import { type DrivenClient, JOB_MS } from "./driven_client.ts";
import { readPrinted } from "./printed_seen.ts";

export const LANGCHAIN: DrivenClient = {
  name: "langchain",
  nameOf: (server, tool) => `${server}_${tool}`,
  known: {
    scopeMissing: {
      says: /^ExceptionGroup: unhandled errors in a TaskGroup/,
      reason: "a 403 is an exception for the program, and nothing that its model is handed",
    },
  },
  async drive({ home, url, headers, turns }) {
    await using wayOut = closeWayOut();
    const { code, stdout, stderr } = await runClient({
      program: "langchain",
      mostMs: JOB_MS,
      home,
      args: [await Deno.realPath("tests/real_clients/clients/drive_langchain.py")],
      env: { ...wayOut.env, PYTHONDONTWRITEBYTECODE: "1" },
      input: JSON.stringify({ url, headers, calls: turns.flat(), stateful: ["mana"] }),
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(wayOut.asked, []);
    return readPrinted(stdout);
  },
};
