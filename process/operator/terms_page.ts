// The terms that hold where the operator has none of their own: what everybody who uses an installation, and every app, has to keep to.
import type { Operator } from "./operator.ts";
import { type PolicyPage, whoRunsIt } from "./policy_page.ts";

/** The page of terms of an installation. */
export function termsPage(operator: Operator): PolicyPage {
  return { title: "Terms of use", sections: [whoRunsIt(operator), ...TERMS] };
}

const TERMS: PolicyPage["sections"] = [
  {
    heading: "What this is",
    paragraphs: [
      "It lets AI apps that you choose work with your own records. The software is free, under the MIT licence, and comes without any warranty. " +
      "What its operator promises you besides, the operator has to say.",
    ],
  },
  {
    heading: "What you do",
    paragraphs: [
      "You decide which apps you connect and what each may do. Connect only apps that you trust with it: an app acts in your name.",
      "Keep your password to yourself. Use this only for what the law allows, and do not try to reach what belongs to others.",
    ],
  },
  {
    heading: "What an app has to keep to",
    paragraphs: [
      "An app uses what it reads here for what the person has asked it to do, and for nothing else. It does not sell it, and trains no model with it " +
      "unless the person has agreed to that.",
      "It names itself truly, asks for no more than it needs, and obeys a refusal. It asks the person again where it is told to ask.",
      "Calls are limited by the minute, and by how much an app may read in an hour. An app waits where it is told to wait.",
    ],
  },
  {
    heading: "How it ends",
    paragraphs: [
      "You can end an app's access at any time, and stop using this at any time. The operator may end access that does harm to others or to the service.",
    ],
  },
];
