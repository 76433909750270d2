import assert from "node:assert/strict";
import { RUNNER_STAIRS, SIGN_IN_STAIRS, STAIRS } from "../../scripts/lint/stairs.ts";

/** docs/house.md: the rooms and files that it names are those that there are. */

const HOUSE = await Deno.readTextFile("docs/house.md");

function section(title: string): string {
  const [, rest = ""] = HOUSE.split(`\n${title}\n`);
  return rest.split(/\n##+ /)[0] ?? "";
}

/** The names in backticks in one column of a section's table. */
function column(title: string, at: number): string[] {
  const rows = section(title).split("\n").filter((line) => line.startsWith("|")).slice(2);
  return rows.flatMap((row) =>
    [...(row.split("|")[at] ?? "").matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name)
  );
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function folders(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(`${folder}/${name}/`, ...await folders(`${folder}/${name}`));
  }
  return found;
}

Deno.test("the table of rooms has every folder of lib/, and no other", async () => {
  const rooms = column("## Rooms", 1);
  assert.deepEqual(
    rooms.filter((room) => room.startsWith("lib/") && room.endsWith("/")).sort(),
    (await folders("lib")).sort(),
  );
  for (const room of rooms) assert.ok(await exists(room), room);
});

Deno.test("in lib/ itself stands only the table of contents, and no room holds more than about twenty files", async () => {
  const flat: string[] = [];
  for await (const { name, isFile } of Deno.readDir("lib")) if (isFile) flat.push(name);
  assert.deepEqual(flat, ["gateway.ts"]);
  for (const root of ["lib", "sign_in", "backend", "process", "tools", "scripts", "views"]) {
    for (const folder of [`${root}/`, ...await folders(root)]) {
      let files = 0;
      for await (const { isFile } of Deno.readDir(folder)) files += isFile ? 1 : 0;
      assert.ok(files <= 21, `${folder} holds ${files} files`);
    }
  }
});

Deno.test("the stairs of the page are those that lint holds imports to", () => {
  const stairs = section("### Stairs").split("\n\n").filter((text) => text.includes(" · "));
  const names = (rooms: readonly string[]) =>
    rooms.filter((room) => !room.endsWith(".json")).map((room) =>
      room.replace(/^(?:lib|runner|sign_in)\//, "").replace(/\.ts$/, "")
    );
  assert.deepEqual(
    stairs.map((text) => text.split("·").map((name) => name.trim())),
    [names(STAIRS), names(SIGN_IN_STAIRS), names(RUNNER_STAIRS)],
  );
});

/** What a change of the page makes. */
const NEW_FILES = ["tools/home/plants.ts", "tools/prompts/late_lunch.ts"];

Deno.test("each list that is written once has its file, and each of the twelve changes begins in one that exists", async () => {
  const changes = column("## Twelve changes", 2).filter((path) => !NEW_FILES.includes(path));
  assert.equal(changes.length, 12);
  for (const path of [...column("## Lists that are written once", 2), ...changes]) {
    assert.ok(await exists(path), path);
  }
});
