// One view as one HTML document with its style and its program inside, and no address of anything. `deno bundle` minifies; its esbuild
// is pinned by the version of Deno, so that the bytes are the same on every machine.
import { paletteStyle } from "./palette_style.ts";

/** Builds a view: `views/NAME/view.ts`, with `view.css` beside it. Throws Error where it cannot be built or could not stand in HTML. */
export async function bundleView(root: string, name: string): Promise<string> {
  const [script, style] = await Promise.all([
    bundle(root, `views/${name}/view.ts`),
    bundle(root, `views/${name}/view.css`),
  ]);
  const html = documentOf(titleOf(name), script, paletteStyle() + style);
  const { length } = new TextEncoder().encode(html);
  if (length > MAX_VIEW_BYTES) {
    throw new Error(`${name} takes ${length} of at most ${MAX_VIEW_BYTES} bytes`);
  }
  return html;
}

/** Hosts keep and load each view for each call: small enough to be there at once. */
const MAX_VIEW_BYTES = 40_000;

/** The document around a program and a style. Throws Error for text that would end its element early. */
export function documentOf(title: string, script: string, style: string): string {
  // `<!--` and `<script` bring a parser into a state in which `</script>` ends nothing (HTML, script data escaped state).
  if (/<\/script|<script|<!--/i.test(script)) {
    throw new Error(`${title}: the program holds "<script" or "<!--"`);
  }
  if (/<\/style|<!--/i.test(style)) throw new Error(`${title}: the style holds "</style" or "<!--"`);
  if (/url\(|@import/i.test(style)) {
    throw new Error(`${title}: the style names an address; a view fetches nothing`);
  }
  return '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n' +
    '<meta name="viewport" content="width=device-width,initial-scale=1">\n' +
    `<title>${title}</title>\n<style>${style}</style>\n</head>\n<body>\n<script>${script}</script>\n</body>\n</html>\n`;
}

/** `habit_heat_map` in words. */
function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** One file with all that it imports, minified. Paths are relative, so that none of a machine comes into the bytes. */
async function bundle(root: string, entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--format", "iife", "--minify", entry],
    cwd: root,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${entry}: ${new TextDecoder().decode(stderr).trim()}`);
  return new TextDecoder().decode(stdout).trim();
}
