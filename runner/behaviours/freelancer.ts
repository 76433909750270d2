// Paul, a photographer who writes his invoices late.
import type { Behaviour } from "./behaviour.ts";
import { lookAhead, planEvent, readEvent } from "./verbs/calendar_verbs.ts";
import { appendToNote, writeNote } from "./verbs/notes_verbs.ts";
import { addTask, completeTask, lookAtTasks } from "./verbs/todo_verbs.ts";
import {
  addContact,
  draftInvoice,
  findContact,
  lookAtInvoices,
  noteOnContact,
  noteOnInvoice,
  readContact,
  readInvoice,
} from "./verbs/work_verbs.ts";

/** Few entries, and those late. */
export const FREELANCER: Behaviour = {
  archetype: "freelancer",
  calls: [6, 10],
  deeds: {
    invoices: [
      draftInvoice(3, ["portraits", "wedding", "product pictures"], [
        "Gasthof Linde",
        "Atelier Nord",
        "Kita Sonnenweg",
      ], [
        "photo session",
        "retouching",
        "travel",
      ]),
      noteOnInvoice(2, ["With thanks for the patience.", "Pictures follow by link."]),
      readInvoice(2),
      lookAtInvoices(2),
    ],
    contacts: [
      addContact(3, ["Lea Brandt", "Iris Novak", "Tim Sommer"], [
        "Gasthof Linde",
        "Atelier Nord",
        "Kita Sonnenweg",
      ]),
      noteOnContact(2, ["Wants black and white.", "Pays late, like me."]),
      readContact(1),
      findContact(1, ["Linde", "Brandt"]),
    ],
    calendar: [
      planEvent(4, ["shooting", "location scouting", "delivery"], ["studio", "Linde", "old harbour"]),
      lookAhead(2, 14),
      readEvent(1),
    ],
    todo: [
      addTask(3, ["write invoices", "charge batteries", "back up cards"]),
      completeTask(3),
      lookAtTasks(1),
    ],
    notes: [
      writeNote(3, ["light at the harbour", "lens list"], ["Evening sun until 19:40.", "85 mm was enough."]),
      appendToNote(2, ["Bring the reflector."]),
    ],
  },
};
