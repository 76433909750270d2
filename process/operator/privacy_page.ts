// The words about privacy: what the software does with data. Each sentence is one of SECURITY.md or docs/ in words for everybody;
// what an operator does besides, this page cannot know, and says so.
import type { Operator } from "./operator.ts";
import { type PolicyPage, whoRunsIt } from "./policy_page.ts";

/** The page about privacy of an installation. */
export function privacyPage(operator: Operator): PolicyPage {
  return {
    title: "Privacy",
    sections: [
      {
        heading: "What this page says",
        paragraphs: [
          "It says what the software at this address does with your data. What its operator does besides, " +
          "with backups and with the records of a web server for example, only the operator can tell you.",
        ],
      },
      whoRunsIt(operator),
      ...FACTS,
      {
        heading: "Your rights",
        paragraphs: [
          operator.contact === undefined
            ? "To see, correct or take along what is stored about you, or to have your account deleted, ask whoever runs this installation."
            : "To see, correct or take along what is stored about you, or to have your account deleted, write to the address above.",
        ],
      },
    ],
  };
}

const FACTS: PolicyPage["sections"] = [
  {
    heading: "What is stored, and where",
    paragraphs: [
      "Your records (tasks, notes, journal and all the others) are stored by the services that this installation's operator runs. " +
      "In your personal space the texts that the Mana apps encrypt are stored encrypted. Times, and what records are sorted and found " +
      "by, are stored in clear. What lies in a space that you share is stored in clear, so that its members can read it.",
      "The sign-in server stores which apps you have connected, what you allowed each of them, where and until when, and in which browsers " +
      "you are signed in. Your password is compared by the account service, and no app and no part of the gateway ever sees it.",
      "The gateway, through which apps work, has no disk and keeps no database. In its memory it holds a record while a call works with it. " +
      "Your key, and texts that were opened to search them, it holds for five minutes at most; encrypted records until others need the room.",
    ],
  },
  {
    heading: "What an app gets",
    paragraphs: [
      "An app gets what you allowed it, and only when it asks. You choose the kinds of records, the spaces, how long it lasts, and how much of each. " +
      "What an app has read goes to that app and to whoever runs it and its model. What they do with it, their own words on privacy say.",
      "On the page of your apps you allow an app less, or end its access. Both hold within five seconds. What it has read by then cannot be called back.",
    ],
  },
  {
    heading: "What is noted about calls",
    paragraphs: [
      "Where the operator has not switched it off, a ledger in your own personal space notes what each app was handed and what it wrote, encrypted, for you to see.",
      "The logs say when a call was made, by which tool, how it ended and how long it took. You appear in them by a pseudonym. They hold no text of yours, " +
      "no name, no password and no token.",
      "To slow down guessing of passwords, failed attempts are counted by e-mail address and network address, as a hash. " +
      "Old counts are deleted when new ones are written.",
    ],
  },
  {
    heading: "Cookies and third parties",
    paragraphs: [
      "The pages set cookies that keep you signed in, and no others. They load nothing from elsewhere, measure nobody, and show no advertisement.",
      "The software hands your data to nobody but the apps that you connect. It sells nothing and trains no model.",
    ],
  },
  {
    heading: "How long it is kept",
    paragraphs: [
      "Your records are kept until you delete them in the Mana apps. What an assistant deletes is marked as deleted and kept, " +
      "so that it can be brought back.",
      "An app's access ends when you said, or when you take it back. How long backups are kept, the operator decides.",
    ],
  },
];
