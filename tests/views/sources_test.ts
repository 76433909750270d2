import assert from "node:assert/strict";
import { documentOf } from "../../scripts/views/bundle_view.ts";
import { viewModule } from "../../scripts/views/view_module.ts";
import { viewNames } from "../../scripts/views/view_names.ts";

/** What the sources of the views never do, and what the built documents hold. That they are built of these sources is `deno task views --check`. */

async function sources(folder: string): Promise<{ readonly path: string; readonly text: string }[]> {
  const found: { path: string; text: string }[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(...await sources(path));
    else if (/\.(ts|css)$/.test(name)) found.push({ path, text: await Deno.readTextFile(path) });
  }
  return found;
}

/** Ways by which text becomes markup or code, and ways out of a frame. */
const FORBIDDEN =
  /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\b|new Function|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import\(|localStorage|sessionStorage|document\.cookie|window\.open\b|window\.openai/;

Deno.test("no source of a view makes markup or code out of text, fetches, stores or opens a window", async () => {
  const files = await sources("views");
  assert.ok(files.length > 10);
  const bad = files.flatMap(({ path, text }) => {
    const found = FORBIDDEN.exec(text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, ""));
    return found === null ? [] : [`${path}: ${found[0]}`];
  });
  assert.deepEqual(bad, []);
});

Deno.test("a view imports its own folder, the kit and the host's client, and nothing else", async () => {
  for (const { path, text } of await sources("views")) {
    const [, room = ""] = path.split("/");
    for (const [, specifier = ""] of text.matchAll(/(?:from|@import) "([^"]+)"/g)) {
      const below = room === "host" ? [] : room === "kit" ? ["../host/"] : ["../host/", "../kit/"];
      assert.ok(
        ["./", ...below].some((start) => specifier.startsWith(start)),
        `${path} imports ${specifier}`,
      );
    }
  }
});

Deno.test("each built view is one document in ASCII, under 40,000 bytes, with one style, one program, and no address", async () => {
  for (const name of await viewNames(".")) {
    const text = await Deno.readTextFile(`tools/views/${name}_html.ts`);
    assert.match(text, /^[\n\x20-\x7e]*$/);
    const { [`${name.toUpperCase()}_HTML`]: html } = await import(`../../tools/views/${name}_html.ts`);
    assert.ok(typeof html === "string" && html.length < 40_000, name);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.equal(html.match(/<style/g)?.length, 1);
    assert.doesNotMatch(html, /<[a-z]+[^>]* on[a-z]+=|url\(|@import|<link|<img|<base/);
    assert.deepEqual([...html.matchAll(/https?:\/\/[^"'`\\)\s]+/g)].map(([url]) => url), [
      ...(html.includes("www.w3.org") ? ["http://www.w3.org/2000/svg"] : []),
    ]);
  }
});

Deno.test("a program or a style that would end its element early is refused by name", () => {
  const says = (words: string) => new RegExp(words);
  assert.throws(
    () => documentOf("Tasks", 'x="</script>"', ""),
    says('Tasks: the program holds "<script" or "<!--"'),
  );
  assert.throws(() => documentOf("Tasks", 'x="<!--"', ""), says("the program holds"));
  assert.throws(() => documentOf("Tasks", "", 'a::after{content:"</style"}'), says("the style holds"));
  assert.throws(() => documentOf("Tasks", "", "a{background:url(x)}"), says("a view fetches nothing"));
});

Deno.test("a document comes out of its module as it went in, whatever it holds", async () => {
  const html = "a`b${c}\\d\u2028é</p>\n😀";
  const module = viewModule("some_view", html);
  assert.match(module, /^[\n\x20-\x7e]*$/);
  const { SOME_VIEW_HTML } = await import(`data:text/javascript,${encodeURIComponent(module)}`);
  assert.equal(SOME_VIEW_HTML, html);
});
