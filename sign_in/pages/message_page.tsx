// Pages of one message: an error, the way out of a wrong request, the way back to an app. Shows nothing that a link says
// of itself.
import { redirectPlace } from "../oauth/clients/redirect_uri.ts";
import { Layout } from "./layout.tsx";
import { pageAnswer } from "./page_answer.ts";

/** A plain page about something that went wrong; an unknown code gets the general sentence. */
export async function clientErrorPage(code: string): Promise<Response> {
  const { title, text, status } = Object.hasOwn(MESSAGES, code) ? MESSAGES[code] ?? UNCLEAR : UNCLEAR;
  return await pageAnswer(
    <Layout title={title}>
      <p>{text}</p>
      <p class="next">
        <a href="/apps">See your connected apps</a>
      </p>
    </Layout>,
    { status },
  );
}

/** The messages by code. Nothing that a link says about itself is shown: it could say anything. */
const MESSAGES: Readonly<
  Record<string, { readonly title: string; readonly text: string; readonly status: number }>
> = {
  invalid_client: {
    title: "This app is not known here",
    text: "Perhaps it was connected long ago. In the app, remove the connection to Mana and add it again.",
    status: 400,
  },
  invalid_redirect: {
    title: "This app cannot be answered",
    text:
      "It wants its answer sent to an address that it never told us. Nothing was sent. Do not try again from " +
      "the same link; start from the app itself.",
    status: 400,
  },
  expired: {
    title: "This page is no longer good",
    text: "It was open for too long, or it has been answered already. Go back to the app and connect again.",
    status: 400,
  },
  foreign_form: {
    title: "That did not come from this page",
    text: "Nothing was changed. Go back, load the page again and repeat what you did.",
    status: 403,
  },
  not_found: { title: "There is no such page", text: "Check the address.", status: 404 },
  unavailable: {
    title: "This does not work at the moment",
    text: "It is not your fault, and nothing was lost. Try again in a minute.",
    status: 503,
  },
  failed: {
    title: "Something went wrong here",
    text: "It was not your fault. Try again in a moment.",
    status: 500,
  },
};

const UNCLEAR = {
  title: "This app asked in a way that cannot be understood",
  text: "Nothing was shared with it. Go back to the app and connect again.",
  status: 400,
};

/** For a person whose account service does not answer. `retry` is a page of ours, with its query. */
export async function unavailablePage(retry: string): Promise<Response> {
  return await pageAnswer(
    <Layout title="Your account service does not answer">
      <p>
        Nothing is wrong with your password or your data. The service that looks after your account cannot be
        reached. Wait a minute, then try again.
      </p>
      <p class="next">
        <a href={retry}>Try again</a>
      </p>
    </Layout>,
    { status: 503 },
  );
}

/** For an app elsewhere that gets an error: the person sees where the way leads and goes on by their own click. */
export async function leavePage(location: string): Promise<Response> {
  return await pageAnswer(
    <Layout title="This app asked for something it cannot have">
      <p>Nothing was shared with it.</p>
      <p>
        You can <a href={location} rel="noreferrer">go back to {redirectPlace(location)}</a>{" "}
        to tell it so. Do that only if you know this address. Otherwise simply close this page.
      </p>
    </Layout>,
    { status: 400 },
  );
}

/** For a person who has answered the app: the browser goes back to the app by itself, or by the link. */
export async function returnPage(title: string, location: string, place: string): Promise<Response> {
  return await pageAnswer(
    <Layout title={title} goTo={location}>
      <p>
        <a href={location} rel="noreferrer">Go back to {place}</a>{" "}
        if that does not happen by itself. Then you can close this page.
      </p>
    </Layout>,
  );
}
