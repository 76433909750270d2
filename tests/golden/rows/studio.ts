// Golden rows of Studio: writing, slides, sites, forms, newsletters, mail drafts.
import { type GoldenRow, isId } from "../golden_row.ts";

/** See golden_row.ts. */
export const STUDIO: readonly GoldenRow[] = [
  {
    table: "mail/mailDrafts",
    create: { tool: "mail_save_draft", args: { to: "ben@post.test", subject: "Termin", body: "Montag?" } },
    row: {
      accountId: "",
      to: "ben@post.test",
      cc: "",
      subject: "Termin",
      body: "Montag?",
      htmlBody: "",
      replyToMessageId: null,
    },
    update: { tool: "mail_save_draft", args: (ids) => ({ id: ids.at(-1), subject: "Treffen" }) },
    fields: { subject: "Treffen" },
  },
  {
    table: "broadcasts/broadcastCampaigns",
    create: {
      tool: "broadcasts_save",
      args: { name: "Frühling", fromName: "Anna", fromEmail: "anna@garten.test", text: "Hallo!\n\nBis bald" },
    },
    row: {
      name: "Frühling",
      subject: "",
      preheader: null,
      fromName: "Anna",
      fromEmail: "anna@garten.test",
      content: {
        tiptap: {
          type: "doc",
          content: [
            { type: "paragraph", content: [{ type: "text", text: "Hallo!" }] },
            { type: "paragraph" },
            { type: "paragraph", content: [{ type: "text", text: "Bis bald" }] },
          ],
        },
        plainText: "Hallo!\n\nBis bald",
      },
      templateId: null,
      audience: { filters: [], estimatedCount: 0 },
      scheduledAt: null,
      sentAt: null,
      status: "draft",
      serverJobId: null,
      stats: null,
    },
    update: { tool: "broadcasts_save", args: (ids) => ({ id: ids.at(-1), subject: "Neues" }) },
    fields: { subject: "Neues" },
  },
  {
    table: "forms/forms",
    create: {
      tool: "forms_create",
      args: { title: "Fest", fields: [{ type: "yes_no", label: "Da?" }] },
    },
    row: {
      title: "Fest",
      description: null,
      fields: (value) =>
        Array.isArray(value) && isId(value[0].id) &&
        Object.keys(value[0]).sort().join() === "id,label,required,type",
      branching: [],
      status: "draft",
      settings: {
        submitButtonLabel: "Senden",
        successMessage: "Danke! Deine Antwort wurde übermittelt.",
        allowMultipleSubmissions: false,
        requireEmail: false,
        anonymous: false,
        zkMode: false,
      },
      responseCount: 0,
    },
    update: { tool: "forms_update", args: (ids) => ({ id: ids.at(-1), title: "Sommerfest" }) },
    fields: { title: "Sommerfest" },
  },
];
