// In which space the app works: what it is told, how it chooses, and what lies where.
import assert from "node:assert/strict";
import { HABITS, lastChange, NOTES } from "../../_support/device.ts";
import { inSpace } from "../../_support/team.ts";
import type { Step } from "../step.ts";
import { MissingPower, type Visit } from "../visit.ts";

/** The steps. */
export function spacesSteps(): readonly Step[] {
  const mark = crypto.randomUUID().slice(0, 8);
  return [
    {
      says: "The app is told the person's spaces, and which one it works in",
      async run(visit) {
        const output = await visit.ok("spaces_list");
        const personal = (await visit.spaces()).find(({ type }) => type === "personal");
        assert.ok(personal?.name);
        assert.equal(output.activeSpaceId, personal.id);
        assert.equal(output.note, undefined);
      },
    },
    {
      says: "A team that the person makes in the web app is told after a while, with its name and type",
      async run(visit) {
        const people = visit.power("people");
        const made = await people.makeTeam(visit.at.person.email, "Players");
        await visit.outliveTokens();
        const told = (await visit.spaces()).find(({ id }) => id === made);
        assert.deepEqual([told?.name, told?.type], ["Players", "team"]);
      },
    },
    {
      says:
        "The argument `space` takes the team's id or its name, and nothing of it shows in the personal space",
      async run(visit) {
        const { id: team, name } = await teamOf(visit);
        await visit.ok("notes_create", { title: `Sing ${mark}`, content: "loud", space: team });
        assert.deepEqual(await visit.titles("notes_search", { space: name }), [`Sing ${mark}`]);
        assert.equal((await visit.titles("notes_search")).includes(`Sing ${mark}`), false);
      },
    },
    {
      says: "The header X-Mana-Space chooses the team as well",
      async run(visit) {
        assert.deepEqual(await visit.titles("notes_search", {}, inSpace((await teamOf(visit)).id)), [
          `Sing ${mark}`,
        ]);
      },
    },
    {
      says: "In the team, texts are stored open, as its other members read them",
      async run(visit) {
        const { id: team } = await teamOf(visit);
        const change = await lastChange(visit.at, await visit.device(), NOTES);
        assert.deepEqual([change.spaceId ?? change.data?.spaceId, change.data?.title], [
          team,
          `Sing ${mark}`,
        ]);
      },
    },
    {
      says:
        "A module that no app shows in a team refuses to write there, names where it belongs, and writes nothing",
      async run(visit) {
        const { id: team } = await teamOf(visit);
        const words = await visit.refused("habits_create", { title: `Lost ${mark}`, space: team });
        assert.match(words, /personal/i);
        const change = await lastChange(visit.at, await visit.device(), HABITS);
        assert.notEqual(change.spaceId ?? change.data?.spaceId, team);
        await visit.refused("journal_add", { content: "x", space: team });
      },
    },
    {
      says: "A space of somebody else is refused, by its id and by its name",
      async run(visit) {
        const people = visit.power("people");
        const ben = await people.make("ben");
        const foreign = await people.makeTeam(ben.email, "Bens");
        for (const space of [foreign, "Bens"]) {
          assert.match(await visit.refused("todo_list", { space }), /No space/);
        }
        const byHeader = await visit.call("todo_list", {}, inSpace(foreign));
        assert.deepEqual([byHeader.status, byHeader.output], [403, undefined]);
      },
    },
  ];
}

/** The shared space that the installation has. */
async function teamOf(visit: Visit): Promise<{ readonly id: string; readonly name: string }> {
  const { team } = visit.at;
  if (team === undefined) throw new MissingPower("people");
  const told = (await visit.spaces()).find(({ name }) => name === team);
  assert.ok(told, "a space of the person is not told");
  return { id: told.id, name: team };
}
