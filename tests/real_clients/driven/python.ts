/** The official Python SDK and FastMCP as the lane drives them. */
import assert from "node:assert/strict";
import { runClient } from "../run_client.ts";
import { type DrivenClient, JOB_MS } from "./driven_client.ts";
import { readPrinted } from "./printed_seen.ts";

export const PYTHON_SDK: DrivenClient = driven("pythonSdk", "sdk");
export const FAST_MCP: DrivenClient = driven("fastMcp", "fastmcp");

function driven(name: DrivenClient["name"], library: string): DrivenClient {
  return {
    name,
    nameOf: (_server, tool) => tool,
    async drive({ home, url, headers, turns }) {
      const { code, stdout, stderr } = await runClient({
        program: "python",
        args: [await Deno.realPath("tests/real_clients/clients/drive_python.py"), library],
        mostMs: JOB_MS,
        home,
        env: { PYTHONDONTWRITEBYTECODE: "1" },
        input: JSON.stringify({ url, headers, calls: turns.flat(), resources: [] }),
      });
      assert.equal(code, 0, stderr);
      return readPrinted(stdout);
    },
  };
}
