// `deno task doc`: reads `deno doc --json` from standard input and names every exported symbol of ours without a doc comment.
// Ends with 1 when there is one. (`deno doc --lint` also wants a comment on each member of each type and on our dependencies'
// types, which buries the comments that matter.)
import { z } from "zod";
import { print } from "./print.ts";

const Documented = z.object({
  nodes: z.record(
    z.string(),
    z.object({
      symbols: z.array(z.object({
        name: z.string(),
        declarations: z.array(z.object({
          location: z.object({ filename: z.string(), line: z.number() }),
          declarationKind: z.string(),
          jsDoc: z.object({ doc: z.string().optional() }).optional(),
        })),
      })),
    }),
  ),
});

const root = new URL("..", import.meta.url).href;
const { nodes } = Documented.parse(JSON.parse(await new Response(Deno.stdin.readable).text()));
let symbols = 0;
// A re-export is documented where it comes from.
const documented = new Set<string>();
const places = new Map<string, string>();
for (const { symbols: found } of Object.values(nodes)) {
  for (const { name, declarations } of found) {
    for (const { location, declarationKind, jsDoc } of declarations) {
      if (declarationKind !== "export" || !location.filename.startsWith(root)) continue;
      symbols += 1;
      const place = `${location.filename.slice(root.length)}:${location.line} ${name}`;
      if (jsDoc?.doc?.trim()) documented.add(name);
      else places.set(name, place);
    }
  }
}
const missing = [...places].filter(([name]) => !documented.has(name)).map(([, place]) => place);
for (const place of missing) print(`Exported without a doc comment: ${place}`);
print(`${symbols} exported symbols, ${missing.length} without a doc comment`);
if (missing.length > 0 || symbols === 0) Deno.exit(1);
