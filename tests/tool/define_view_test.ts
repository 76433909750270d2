/** A view is one document that needs nothing besides, and its address says which bytes it has. */
import assert from "node:assert/strict";
import { createToolRegistry } from "../../lib/tool/tool_registry.ts";
import { defineView, type View } from "../../lib/tool/authoring.ts";
import { viewTool } from "../_support/views.ts";

const view = (html: string, name = "sample"): View =>
  defineView({ name, title: "Sample", description: "A sample.", html });
const page = (inside: string): View => view(`<!doctype html><title>t</title>${inside}`);

Deno.test("a view is named by the bytes of its document", () => {
  // Both computed elsewhere: printf '<!doctype html><p>ä</p>' | sha256sum
  const made = view("<!doctype html><p>ä</p>");
  assert.equal(made.hash, "8a8558fb90cd");
  assert.equal(made.uri, "ui://mana/sample@8a8558fb90cd");
  assert.notEqual(view("<!doctype html><p>ä</p>\n").hash, made.hash);
  assert.equal(view("<!doctype html><p>ä</p>", "other_one").uri, "ui://mana/other_one@8a8558fb90cd");
  assert.ok(Object.isFrozen(made));
});

Deno.test("a name that is no word, a document that is too large or is not HTML5 stop the start", () => {
  for (const name of ["", "Sample", "a-b", "a@b", "a/b", "täglich", "a1"]) {
    assert.throws(() => view("<!doctype html>", name), {
      name: "TypeError",
      message: `Cannot define view ${JSON.stringify(name)}: expected lower-case letters and underscores`,
    });
  }
  const head = "<!doctype html>";
  assert.equal(view(head + "x".repeat(40_000 - head.length)).html.length, 40_000);
  assert.throws(
    () => view(head + "x".repeat(40_001 - head.length)),
    /its document is too large: 40001 of 40000 bytes/,
  );
  // Counted as it is sent, not in characters.
  assert.throws(() => view(head + "ä".repeat(19_993)), /40001 of 40000 bytes/);
  assert.throws(() => view("<html></html>"), /has to begin with <!doctype html>/);
});

Deno.test("a document that loads, leads or sends elsewhere stops the start", () => {
  for (
    const [inside, words] of [
      [
        `<script src="https://cdn.test/a.js"></script>`,
        /names an address elsewhere, "https:\/\/cdn\.test\/a\.js/,
      ],
      [`<script>fetch("http://a.test")</script>`, /names an address elsewhere/],
      [`<script>new WebSocket("wss://a.test")</script>`, /names an address elsewhere/],
      [`<script src="/a.js"></script>`, /refers to "\/a\.js" by src=/],
      [`<img src=//a.test/b.png>`, /refers to "\/\/a\.test\/b\.png" by src=/],
      [`<img alt='>' src='a.png'>`, /refers to "a\.png" by src=/],
      [`<a href="javascript:alert(1)">x</a>`, /refers to "javascript:alert\(1\)" by href=/],
      [`<a href="data:text/html,x">x</a>`, /by href=/],
      [`<form action="/send">`, /by action=/],
      [`<svg><use xlink:href="a.svg#b"/></svg>`, /by xlink:href=/],
      [`<style>p{background:url(//a.test/b.png)}</style>`, /a style of its document loads "url\(\/\/a\.test/],
      [`<p style="background:url('b.png')">`, /a style of its document loads/],
      [`<style>@import "a.css";</style>`, /a style of its document loads "@import/],
      [`<link rel="stylesheet">`, /has a <link>/],
      [`<BASE target="_top">`, /has a <base>/],
      [`<iframe srcdoc="x"></iframe>`, /has a <iframe>/],
    ] as const
  ) {
    assert.throws(() => page(inside), { name: "TypeError", message: words }, inside);
  }
});

Deno.test("code in an attribute stops the start, and the same letters in a script do not", () => {
  assert.throws(
    () => page(`<button onclick="go()">x</button>`),
    /code in an attribute, onclick= of <button>/,
  );
  assert.throws(() => page(`<button\nONCLICK = go()>x</button>`), /code in an attribute/);
  page(
    `<script>const online = true; button.onclick = () => "<button onclick=x>"; // a</script><p>on = off</p>`,
  );
});

Deno.test("what stays in the document is no reference elsewhere", () => {
  page(
    `<style>p{background:url(data:image/png;base64,AA==);fill:url(#a)}</style><a href="#top">x</a>` +
      `<img src="data:image/gif;base64,AA=="><svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>` +
      `<script>document.createElementNS("http://www.w3.org/2000/svg", "g")</script>`,
  );
});

Deno.test("a tool with a view that is not there, and two views of one name, stop the start", () => {
  const sample = page("");
  assert.throws(() => createToolRegistry([viewTool("a.one", "missing")], "underscore", [sample]), {
    name: "TypeError",
    message: `Cannot register tool a.one: its view "missing" is none of tools/views.ts`,
  });
  assert.throws(() => createToolRegistry([], "underscore", [sample, page("x")]), {
    name: "TypeError",
    message: "Cannot offer views: two share a name",
  });
});
