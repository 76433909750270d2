// What the report says when there is none, and what to do then.
import type { ReportFault } from "../personas_api/ask_report.ts";
import { Layout, type RunnerView } from "./layout.tsx";

/** The page of a report that could not be had. */
export function FaultPage({ fault, runner }: { readonly fault: ReportFault; readonly runner: RunnerView }) {
  const { title, text } = FAULT_WORDS[fault];
  return (
    <Layout title={title} runner={runner}>
      <p class="lead">{text}</p>
    </Layout>
  );
}

/** The page of a path that leads nowhere. */
export function NotFoundPage({ runner }: { readonly runner: RunnerView }) {
  return (
    <Layout title="There is nobody here" runner={runner}>
      <p class="lead">
        No page of this report has this address. <a href="/">Everybody</a> is on the first one.
      </p>
    </Layout>
  );
}

/** Why there is no report, and what to do; in JSON as well. */
export const FAULT_WORDS: Readonly<
  Record<ReportFault, { readonly title: string; readonly text: string }>
> = {
  away: {
    title: "The personas API does not answer",
    text:
      "The runner itself is well. Look whether the service at MANA_API_URL runs, then load this page again.",
  },
  refused: {
    title: "The personas API does not know the runner",
    text:
      "MANA_PERSONAS_KEY has to be the same at the runner and at the service. Then start the runner again.",
  },
  absent: {
    title: "This service has no report",
    text: "The service at MANA_API_URL takes what the runner posts and tells nothing of it. " +
      "The runner's metrics are at /metrics.",
  },
  odd: {
    title: "The personas API answered something else",
    text:
      "Its answer is no report. Look whether MANA_API_URL is the address of the personas API, and whether " +
      "both are of the same version.",
  },
};
