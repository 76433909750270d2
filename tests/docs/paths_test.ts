// What the documents point to is there: files, headings and tasks.
import assert from "node:assert/strict";

/** Every document of ours; CHANGELOG.md tells of files that were, so only its tasks are looked at. */
async function documents(): Promise<readonly string[]> {
  const found = ["README.md", "SECURITY.md", "CONTRIBUTING.md"];
  for (const folder of ["docs", "docs/deploy"]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".md")) found.push(`${folder}/${name}`);
    }
  }
  return found;
}

/** The anchors of a document's headings, as GitHub makes them. */
async function anchorsOf(path: string): Promise<readonly string[]> {
  const text = (await Deno.readTextFile(path)).replaceAll(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-")
  );
}

Deno.test("every link in the documents leads to a file, and to a heading that the file has", async () => {
  for (const path of await documents()) {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
    for (
      const [, target = "", anchor] of (await Deno.readTextFile(path)).matchAll(
        /\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g,
      )
    ) {
      const file = target === "" ? path : `${folder}/${target}`;
      assert.ok((await Deno.stat(file).catch(() => null))?.isFile, `${path} → ${target}`);
      if (anchor !== undefined) {
        assert.ok((await anchorsOf(file)).includes(anchor), `${path} → ${target}#${anchor}`);
      }
    }
  }
});

Deno.test("every file and folder of ours that the documents name exists", async () => {
  let found = 0;
  const missing: string[] = [];
  for (const path of await documents()) {
    // A file that is to be made is "a new `tools/…`"; `tools/list` and `tools/call` are methods of MCP.
    for (
      const [, named = ""] of (await Deno.readTextFile(path)).matchAll(
        /(?<!a new )`((?:backend|bench|lib|process|scripts|soak|tests|tools)\/(?!(?:call|list)`)[\w./-]*)`/g,
      )
    ) {
      found += 1;
      if (await Deno.stat(named).catch(() => null) === null) missing.push(`${path}: ${named}`);
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(found > 100, String(found));
});

Deno.test("every task that the documents name exists", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile("deno.json"));
  for (const path of [...await documents(), "CHANGELOG.md"]) {
    const text = await Deno.readTextFile(path);
    for (const [, name] of text.matchAll(/deno(?:@[\d.]+)? task (?:--quiet )?([a-z]+(?:[:-][a-z]+)*)/g)) {
      assert.ok(name !== undefined && name in tasks, `${path}: ${name}`);
    }
  }
});
