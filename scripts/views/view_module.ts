// A view's document as a module of the gateway: a gateway that imports its views needs no right to read them.

/** The name of the constant: `TASKS_HTML` of `tasks`. */
function constantOf(name: string): string {
  return `${name.toUpperCase()}_HTML`;
}

/** The module's text, in ASCII. A template literal keeps `deno fmt` from choosing other quotes. */
export function viewModule(name: string, html: string): string {
  const literal = html
    .replaceAll(/[\\`]|\$\{/g, (found) => `\\${found}`)
    .replaceAll(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `// Generated from views/${name}/ by \`deno task views\`: change it there. One HTML document that fetches nothing.\n\n` +
    `/** The view \`${name}\`. */\nexport const ${constantOf(name)} = \`${literal}\`;\n`;
}
