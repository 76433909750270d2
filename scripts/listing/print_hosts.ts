// Prints the hosts that `deno task review-kit` may reach: this computer, and the auth service and the gateway that the settings name.
import { hostAndPort } from "../../process/address.ts";
import { print } from "../print.ts";
import { readListingArguments } from "./listing_arguments.ts";

const asked = readListingArguments([], (name) => Deno.env.get(name));
const named = asked.ok ? [asked.settings.serviceUrls.auth, asked.settings.publicUrl] : [];
print(
  [...new Set(["127.0.0.1", "localhost", ...named.flatMap((url) => url ? [hostAndPort(url)] : [])])].join(
    ",",
  ),
);
