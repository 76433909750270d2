// What directories ask of a server, as far as a program can see it: the MCP registry, Claude's directory, ChatGPT's apps. Each criterion
// says whether it is met, by what, and what mends it. docs/listing.md has those that only a person can judge.
import type { Operator } from "../../process/operator/operator.ts";
import { findForbidden, FORBIDDEN_PHRASES } from "./forbidden_phrases.ts";
import { REFUSED_REQUESTS, REQUESTS } from "./reviewer_requests.ts";
import { whyNotPublic } from "./server_json.ts";
import type { ToolLine } from "./tool_list.ts";

/** One criterion, judged. */
export interface Criterion {
  readonly asks: string;
  readonly isMet: boolean;
  /** What shows that it is met, or what to do. */
  readonly words: string;
}

/** What is judged. */
export interface Installation {
  readonly publicUrl: string | null;
  readonly operator: Operator;
  readonly serverJsonProblems: readonly string[];
  readonly tools: readonly ToolLine[];
  /** Names of the pictures for a listing. */
  readonly pictures: readonly string[];
  /** Whether the account for reviewers was made and filled just now. */
  readonly hasAccount: boolean;
}

/** Judges every criterion. */
export function judgeListing(installation: Installation): readonly Criterion[] {
  const { publicUrl, operator, serverJsonProblems, tools, pictures, hasAccount } = installation;
  const why = publicUrl === null ? "is not set" : whyNotPublic(publicUrl);
  return [
    judge(
      "A public https address",
      why === null,
      `${publicUrl}`,
      `PUBLIC_URL ${why}: set it to the https address of the gateway.`,
    ),
    judge(
      "A server.json that the registry takes",
      serverJsonProblems.length === 0,
      "server.json",
      serverJsonProblems.join(" "),
    ),
    judge(
      "Who runs it is stated",
      operator.name !== undefined,
      operator.name ?? "",
      "Set OPERATOR_NAME at both servers.",
    ),
    judge(
      "A contact for help",
      operator.contact !== undefined,
      operator.contact ?? "",
      "Set OPERATOR_CONTACT at both servers.",
    ),
    judge(
      "A page about privacy and one of terms, by https",
      why === null,
      operator.privacyUrl ?? `${publicUrl}/privacy, ${operator.termsUrl ?? `${publicUrl}/terms`}`,
      "Set PUBLIC_URL; /privacy and /terms stand below it.",
    ),
    ...judgeTools(tools),
    judge(
      "Requests for reviewers, good ones and bad ones",
      REQUESTS.length >= 5 && REFUSED_REQUESTS.length >= 3,
      `${REQUESTS.length} and ${REFUSED_REQUESTS.length}: requests.md`,
      "Write at least five and three.",
    ),
    judge(
      "Pictures",
      pictures.length >= 3,
      `${pictures.length} in pictures/`,
      "Run deno task screenshots first.",
    ),
    judge(
      "An account with data for reviewers",
      hasAccount,
      "made just now; its password was printed once",
      "Run deno task review-kit --account at the installation.",
    ),
  ];
}

function judgeTools(tools: readonly ToolLine[]): readonly Criterion[] {
  const untold = tools.filter(({ title }) => title === "").map(({ name }) => name);
  const long = tools.filter(({ name }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(name)).map(({ name }) => name);
  const forbidden = tools.flatMap(({ name, description }) =>
    findForbidden(description).map((phrase) => `${name}: ${phrase}`)
  );
  return [
    judge(
      "Every tool has a title",
      untold.length === 0,
      `all of ${tools.length}: tools.md`,
      untold.join(", "),
    ),
    judge(
      "Every tool says whether it only looks, deletes, or reaches out",
      tools.every(({ readOnlyHint, destructiveHint }) => !(readOnlyHint && destructiveHint)),
      "all four hints are explicit: tools.md",
      "A tool says that it only looks and that it deletes.",
    ),
    judge(
      "Names of tools are short and plain",
      long.length === 0,
      "at most 64 letters, digits, dashes and underscores",
      long.join(", "),
    ),
    judge(
      "No description speaks against other servers or for itself",
      forbidden.length === 0,
      `none of ${FORBIDDEN_PHRASES.length} kinds of phrases`,
      forbidden.join("; "),
    ),
  ];
}

function judge(asks: string, isMet: boolean, evidence: string, mend: string): Criterion {
  return { asks, isMet, words: isMet ? evidence : mend };
}

/** The criteria as Markdown. */
export function criteriaMarkdown(criteria: readonly Criterion[]): string {
  return [
    "# Checklist",
    "",
    "| | asked for | shown by, or what to do |",
    "| --- | --- | --- |",
    ...criteria.map(({ asks, isMet, words }) =>
      `| ${isMet ? "✓" : "✗"} | ${asks} | ${words.replaceAll("|", "\\|")} |`
    ),
    "",
    "What a person has to judge is in docs/listing.md.",
    "",
  ].join("\n");
}
