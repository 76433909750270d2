// `deno task views`: writes tools/views/NAME_html.ts of each view. With --check it writes nothing, and ends with 1 where one is not what
// its source gives.
import { print } from "../print.ts";
import { bundleView } from "./bundle_view.ts";
import { viewModule } from "./view_module.ts";
import { viewNames } from "./view_names.ts";

const root = Deno.cwd();
const isCheck = Deno.args.includes("--check");
const stale: string[] = [];
for (const name of await viewNames(root)) {
  const path = `tools/views/${name}_html.ts`;
  const html = await bundleView(root, name);
  const module = viewModule(name, html);
  if (!isCheck) {
    await Deno.writeTextFile(path, module);
    print(`${path}: ${new TextEncoder().encode(html).length} B`);
  } else if (module !== await readOrEmpty(path)) {
    stale.push(path);
  }
}
if (stale.length > 0) {
  print(`Not what its source gives: ${stale.join(", ")}. Run: deno task views`);
  Deno.exit(1);
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
