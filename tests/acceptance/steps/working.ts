// What the app does in the person's own space, and what the person's devices see of it.
import assert from "node:assert/strict";
import { z } from "zod";
import {
  HABITS,
  lastChange,
  masterKey,
  NOTES,
  open,
  pushInsert,
  seal,
  TASKS,
} from "../../_support/device.ts";
import type { Step } from "../step.ts";

const Made = z.looseObject({ id: z.string() });
const ToolList = z.looseObject({
  result: z.looseObject({ tools: z.array(z.looseObject({ name: z.string() })) }),
});

/** The steps. */
export function workingSteps(): readonly Step[] {
  const mark = crypto.randomUUID().slice(0, 8); // so that real records of a real person stay apart
  let task = "";
  return [
    {
      says: "The app is told the tools",
      async run(visit) {
        const answer = await visit.send("tools/list");
        assert.equal(answer.status, 200);
        const names = ToolList.parse(await answer.json()).result.tools.map(({ name }) => name);
        for (const name of ["spaces_list", "habits_create", "todo_list", "notes_create", "journal_add"]) {
          assert.ok(names.includes(name), name);
        }
      },
    },
    {
      says: "A habit is created, and is in the list",
      async run(visit) {
        await visit.ok("habits_create", { title: `Read ${mark}` });
        assert.ok((await visit.titles("habits_list")).includes(`Read ${mark}`));
      },
    },
    {
      says: "What was created lies in the personal space under its real id, where the person's devices look",
      async run(visit) {
        const device = await visit.device();
        const change = await lastChange(visit.at, device, HABITS);
        assert.equal(change.spaceId ?? change.data?.spaceId, device.personalSpace);
      },
    },
    {
      says: "A task is created, and is in the list",
      async run(visit) {
        task = Made.parse((await visit.ok("todo_create", { title: `Milk ${mark}` })).task).id;
        assert.ok((await visit.titles("todo_list")).includes(`Milk ${mark}`));
      },
    },
    {
      says: "The task is completed, and leaves the list",
      async run(visit) {
        await visit.ok("todo_complete", { id: task });
        assert.equal((await visit.titles("todo_list")).includes(`Milk ${mark}`), false);
      },
    },
    {
      says: "A note is stored sealed, in the very bytes that the web app opens with the key of the vault",
      async run(visit) {
        const { id } = Made.parse(
          (await visit.ok("notes_create", { title: `Note ${mark}`, content: "täglich" })).note,
        );
        const device = await visit.device();
        const { data } = await lastChange(visit.at, device, NOTES, id);
        const key = await masterKey(visit.at, device);
        assert.equal(await open(key, data?.title), `Note ${mark}`);
        assert.equal(await open(key, data?.content), "täglich");
        assert.equal(JSON.stringify(data).includes("täglich"), false);
      },
    },
    {
      says: "What another device sealed is seen by the app within a second, in words",
      async run(visit) {
        const device = await visit.device();
        const title = await seal(await masterKey(visit.at, device), `Phone ${mark}`);
        const id = crypto.randomUUID();
        await pushInsert(visit.at, device, TASKS, id, {
          title,
          isCompleted: false,
          priority: "medium",
          order: 1,
        });
        await visit.at.wait(1000);
        assert.ok((await visit.titles("todo_list")).includes(`Phone ${mark}`));
        await visit.ok("todo_complete", { id });
      },
    },
  ];
}
