/** The script with a registry and a cache of the test's own for what it starts, but with its own imports from the usual cache. */
const [registry = "", cache = ""] = Deno.args;
Deno.env.set("NPM_CONFIG_REGISTRY", registry);
Deno.env.set("DENO_DIR", cache);
await import("../../scripts/outdated.ts");
