/** Pages as the runner reads them: what a browser would send of a form, in every spelling of HTML. */
import assert from "node:assert/strict";
import { fillForm, FormChanged } from "../../../runner/sign_in/fill_form.ts";
import { type PageForm, readPage } from "../../../runner/sign_in/read_page.ts";

Deno.test("fields are read in every spelling, with what is ticked, chosen, switched off and written in text", () => {
  const { title, forms } = readPage(`<!doctype html><!-- <form action="/no"><input name=no></form> -->
    <TITLE>A &amp; B – <i></TITLE><script>document.write('<input name="no">')</script>
    <form ACTION='/go?a=1&amp;b=2' method=POST>
      <input type=hidden name=q value='x > "y" &lt;'><input name=plain><input name="">
      <input type="checkbox" name="box" value="one" checked><input type="checkbox" name="box" value="two">
      <input type="checkbox" name="bare" checked=""><input type="radio" name="way" value="a"/>
      <input type="radio" name="way" value="b" CHECKED/><input name="off" value="1" disabled>
      <fieldset disabled><input name="in" value="1"><fieldset><input name="deep"></fieldset></fieldset>
      <input name="after" value="&#x41;&#66;&quot;&nbsp;&apos;">
      <textarea name="text">
Line &lt;b&gt;
</textarea>
      <select name="budget"><option value="1">One<option value="2" selected>Two</select>
      <select name="first"><option value="f">F</option><option value="g">G</option></select>
      <button name="answer" value="yes"><b>Yes</b>, &amp; go</button><button type="button" name="no">No</button>
      <input type="submit" name="answer" value="no"><input type="image" name="map"><input type="reset" name="r">
    </form><form><input name="get"></form>`);
  assert.equal(title, "A & B – <i>");
  const [form, other] = forms;
  assert.ok(form && other);
  assert.deepEqual([form.action, form.method, other.action, other.method], [
    "/go?a=1&b=2",
    "POST",
    "",
    "GET",
  ]);
  assert.deepEqual(fillForm(form, {}), [
    ["q", 'x > "y" <'],
    ["plain", ""],
    ["box", "one"],
    ["bare", "on"],
    ["way", "b"],
    ["after", `AB"&nbsp;'`],
    ["text", "Line <b>\n"],
    ["budget", "2"],
    ["first", "f"],
  ]);
  assert.deepEqual(form.buttons, [
    { name: "answer", value: "yes", label: "Yes, & go" },
    { name: "answer", value: "no", label: "no" },
    { name: "map", value: "", label: "" },
  ]);
});

Deno.test("what is no HTML, or ends in the middle, has the forms that were read until there", () => {
  for (
    const html of [
      "",
      "text",
      "<",
      "<<<",
      "< form>",
      "<form",
      '<form action="x',
      "<!--",
      "<!x",
      "</",
      "<textarea>",
    ]
  ) {
    assert.deepEqual(readPage(html).forms, [], html);
  }
  assert.equal(readPage("<form action=/a><input name=b").forms[0]?.fields.length, 0);
  assert.equal(readPage("<form action=/a><form action=/b><input name=c></form>").forms.length, 1);
  assert.equal(readPage("&#0;&#x110000;<title>&#0;&#x110000;</title>").title, "\ufffd\ufffd");
});

Deno.test("where a page goes by itself is read in the spellings of browsers", () => {
  for (
    const content of [
      "0;url=/there?a=1&amp;b=2",
      "0; URL='/there?a=1&amp;b=2'",
      " 5 , url = /there?a=1&amp;b=2 ",
    ]
  ) {
    assert.equal(
      readPage(`<meta http-equiv=Refresh content="${content}">`).goesTo,
      "/there?a=1&b=2",
      content,
    );
  }
  assert.equal(
    readPage('<meta http-equiv="refresh" content="30"><meta name="x" content="0;url=/a">').goesTo,
    undefined,
  );
});

Deno.test("a person changes what is there, and nothing that is hidden", () => {
  const form = only(`<form><input type=hidden name=token value=t><input name=email value=old>
    <input type=checkbox name=allow value=a checked><input type=checkbox name=allow value=b>
    <input type=radio name=where value=all><input type=radio name=where value=some checked>
    <button name=answer value=yes>Yes</button></form>`);
  const button = { name: "answer", value: "yes" };
  assert.deepEqual(
    fillForm(form, { texts: { email: "new" }, ticks: { allow: ["b"] }, choices: { where: "all" }, button }),
    [["token", "t"], ["email", "new"], ["allow", "b"], ["where", "all"], ["answer", "yes"]],
  );
  assert.deepEqual(fillForm(form, { ticks: { allow: [] }, button }).filter(([name]) => name === "allow"), []);
  for (
    const filling of [
      { texts: { token: "mine" } },
      { texts: { allow: "a" } },
      { texts: { nobody: "x" } },
      { ticks: { allow: ["c"] } },
      { choices: { where: "none" } },
      { button: { name: "answer", value: "no" } },
    ]
  ) assert.throws(() => fillForm(form, filling), FormChanged, JSON.stringify(filling));
});

Deno.test("a page of a million characters is read in a moment, however odd", () => {
  for (const part of ["<a ", "<", "<!--", "<form ", "'", '<a b="', "<script>", "&#"]) {
    readPage(part.repeat(Math.floor(200_000 / part.length)));
  }
});

function only(html: string): PageForm {
  const [form] = readPage(html).forms;
  assert.ok(form);
  return form;
}
