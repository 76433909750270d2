// Prints the hosts that acceptance reaches besides this computer, so that the task can allow exactly these: `,host:port` each.
import { print } from "../../scripts/print.ts";

const urls = [Deno.env.get("MANA_AUTH_URL"), Deno.env.get("MANA_SYNC_URL")].filter((url) =>
  url !== undefined
);
print(urls.map((url) => `,${new URL(url).host}`).join(""));
