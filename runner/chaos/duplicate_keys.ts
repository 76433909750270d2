// A body in which a key stands twice: two readers of it could take different values, so it is read by none.
import { signed } from "../behaviours/sign_off.ts";
import { type Misdeed, refused } from "./misdeed.ts";

/** `title` twice. */
export const DUPLICATE_KEYS: Misdeed = {
  name: "duplicate-keys",
  weight: 2,
  tools: ["notes_create"],
  wishes: ({ name }) => {
    const title = JSON.stringify(signed("twice", name));
    const body =
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"notes_create","arguments":{"title":${title},"title":"other"},` +
      `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"persona-runner","version":"1"},` +
      `"io.modelcontextprotocol/clientCapabilities":{}}}}`;
    return [{
      tool: "notes_create",
      args: {},
      mischief: { kind: "raw-body", body },
      expects: refused("request-invalid"),
    }];
  },
};
