export default { name: "mana", rules: {} } satisfies Deno.lint.Plugin;
