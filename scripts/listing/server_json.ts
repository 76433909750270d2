// `server.json`, by which the MCP registry lists an installation (schema 2025-12-11), made of settings and checked in plain words. It asks
// nobody: the registry itself checks who owns the name.
import { isThisComputer } from "../../sign_in/settings/setting_rules.ts";

/** What an operator says of their installation. */
export interface ListingWords {
  /** Public address of the gateway, without /mcp; null where it is not set. */
  readonly publicUrl: string | null;
  /** Of the entry: that of the software, or a later one where an entry has to be published again. */
  readonly version: string;
  /** Name in reverse DNS, such as `org.example.mcp/mana`; made of the host by default. */
  readonly name?: string | undefined;
  readonly title?: string | undefined;
  /** At most 100 characters. */
  readonly description?: string | undefined;
  /** Page about the installation; its home page by default. */
  readonly websiteUrl?: string | undefined;
  /** Where the source is; left out by default. */
  readonly repository?: string | undefined;
}

/** The document. */
export interface ServerJson {
  readonly $schema: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly websiteUrl: string;
  readonly repository?: { readonly url: string; readonly source: string };
  readonly icons: readonly {
    readonly src: string;
    readonly mimeType: string;
    readonly sizes: readonly string[];
  }[];
  readonly remotes: readonly { readonly type: "streamable-http"; readonly url: string }[];
}

/** Makes the document. What is missing is made up as far as it goes; {@link serverJsonProblems} says what is wrong. */
export function makeServerJson(words: ListingWords): ServerJson {
  const { publicUrl, version, repository } = words;
  const base = publicUrl ?? "http://127.0.0.1:3069";
  return {
    $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
    name: words.name ?? `${new URL(base).hostname.split(".").reverse().join(".")}/mana`,
    title: words.title ?? "Mana",
    description: words.description ??
      "Your tasks, notes, habits, journal and calendar, field-encrypted, by your permission.",
    version,
    websiteUrl: words.websiteUrl ?? `${base}/`,
    ...(repository === undefined ? {} : { repository: { url: repository, source: sourceOf(repository) } }),
    icons: [{ src: `${base}/icon.svg`, mimeType: "image/svg+xml", sizes: ["any"] }],
    remotes: [{ type: "streamable-http", url: `${base}/mcp` }],
  };
}

/** What keeps the registry from taking the document, each with what to do; empty where nothing does. */
export function serverJsonProblems(json: ServerJson): readonly string[] {
  const problems: string[] = [];
  const [remote] = json.remotes;
  const address = remote === undefined ? "" : remote.url;
  const why = whyNotPublic(address);
  if (why !== null) {
    problems.push(
      `The address ${address} ${why}. Set PUBLIC_URL to the https address under which everybody reaches the gateway.`,
    );
  }
  if (
    !/^[a-zA-Z0-9.-]{1,120}\/[a-zA-Z0-9._-]{1,79}$/.test(json.name) || !json.name.split("/")[0]?.includes(".")
  ) {
    problems.push(
      `The name ${json.name} is not in reverse DNS with one slash, such as org.example.mcp/mana. Give one with --name.`,
    );
  } else if (json.name.startsWith("127.") || /^\d/.test(json.name)) {
    problems.push(
      `The name ${json.name} begins with a number: it is made of an IP address. Give one with --name.`,
    );
  }
  if (json.title.trim() === "" || json.title.length > 100) {
    problems.push(`The length of the title is ${json.title.length}: 1 to 100 characters are allowed.`);
  }
  if (json.description.trim() === "" || json.description.length > 100) {
    problems.push(
      `The length of the description is ${json.description.length}: 1 to 100 characters are allowed.`,
    );
  }
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]{1,40})?$/.test(json.version)) {
    problems.push(
      `The version ${json.version} is no exact version such as 1.0.2: ranges and "latest" are refused. Give one with --version.`,
    );
  }
  for (const [what, url] of [["website", json.websiteUrl], ["repository", json.repository?.url]] as const) {
    // The address has been named already, and the website is made of it by default.
    const isSaid = why !== null && url === `${address.slice(0, -"mcp".length)}`;
    if (url !== undefined && !isHttps(url) && !isSaid) problems.push(`The ${what} ${url} is no https URL.`);
  }
  if (json.repository !== undefined && json.repository.source === "") {
    problems.push("The repository is neither on github.com nor on gitlab.com: leave --repository out.");
  }
  for (const { src } of json.icons) {
    if (src.length > 255) problems.push("The address of the icon has more than 255 characters.");
  }
  return problems;
}

/** Why an address cannot be listed; null where it can. */
export function whyNotPublic(address: string): string | null {
  if (!URL.canParse(address)) return "is no URL";
  const { protocol, hostname, username } = new URL(address);
  if (isThisComputer(hostname) || hostname.endsWith(".localhost")) return "is this computer";
  if (protocol !== "https:") return "is not https";
  if (username !== "") return "has a user in it";
  if (/^\[|^\d+\.\d+\.\d+\.\d+$/.test(hostname)) return "is a number and no name";
  if (!hostname.includes(".") || /\.(local|internal|lan|home|arpa)$/.test(hostname)) {
    return "is a name that only some networks know";
  }
  return null;
}

function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "https:";
}

function sourceOf(repository: string): string {
  const host = URL.canParse(repository) ? new URL(repository).hostname : "";
  return ({ "github.com": "github", "gitlab.com": "gitlab" } as Record<string, string>)[host] ?? "";
}
