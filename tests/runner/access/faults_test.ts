/** Every way in which a connection can fail: a clear fault, no second try in the same tick, and no password typed where none belongs. */
import assert from "node:assert/strict";
import { SignInFault } from "../../../runner/sign_in/access.ts";
import { createAppAccess } from "../../../runner/sign_in/app_access.ts";
import { ISSUER, RESOURCE } from "../../_support/oauth_flow.ts";
import { type AppScene, askedFor, createAppScene, GOING, isFault, personaOf, wayOf } from "./_app_scene.ts";

const METADATA = "/.well-known/oauth-protected-resource/mcp";
const SERVER = "/.well-known/oauth-authorization-server";

Deno.test("a gateway that names another resource, a stranger's server, or none: nothing is asked of anybody else", async () => {
  await using scene = await createAppScene();
  const named = { resource: RESOURCE, authorization_servers: [ISSUER] };
  for (
    const [metadata, words] of [
      [{ ...named, resource: "http://127.0.0.1:3069/other" }, /another address as its own/],
      [{ ...named, authorization_servers: ["https://stranger.test"] }, /not among the named ones/],
      [
        { ...named, authorization_servers: ["http://localhost:3001@stranger.test"] },
        /not among the named ones/,
      ],
      [{ resource: RESOURCE }, /not among the named ones/],
      ["no metadata", /rules of OAuth/],
    ] as const
  ) {
    scene.asked.length = 0;
    scene.answer = play({ [METADATA]: () => Response.json(metadata) });
    await refused(scene, words);
    assert.deepEqual(paths(scene), [METADATA]);
  }
  scene.answer = ({ url }) =>
    url.includes("oauth-protected-resource") ? new Response(null, { status: 404 }) : undefined;
  await refused(scene, /rules of OAuth/);
});

Deno.test("an authorization server that is another one than it says, or knows no PKCE, is not used", async () => {
  await using scene = await createAppScene();
  const real = await (await scene.world.auth(SERVER)).json();
  for (
    const [changes, words] of [
      [{ issuer: "http://localhost:3009" }, /IssuerMismatchError/],
      [{ code_challenge_methods_supported: ["plain"] }, /rules of OAuth/],
      [{ response_types_supported: ["token"] }, /rules of OAuth/],
      [{ registration_endpoint: undefined }, /rules of OAuth/],
      [{ authorization_endpoint: "https://stranger.test/authorize" }, /another server/],
    ] as const
  ) {
    scene.answer = play({ [SERVER]: () => Response.json({ ...real, ...changes }) });
    await refused(scene, words);
  }
  scene.answer = play({ [SERVER]: () => new Response(null, { status: 404 }) });
  await refused(scene, /no metadata/);
  assert.deepEqual(askedFor(scene, "sign-in"), []);
});

Deno.test("the answer to the consent page counts only for this request, from this server, to this address", async () => {
  await using scene = await createAppScene();
  for (
    const [change, words] of [
      [(url: URL) => url.searchParams.set("state", "another"), /leads elsewhere/],
      [(url: URL) => url.searchParams.delete("state"), /leads elsewhere/],
      [(url: URL) => url.host = "127.0.0.1:3070", /leads elsewhere/],
      [(url: URL) => url.pathname += "/more", /leads elsewhere/],
      [(url: URL) => url.searchParams.set("iss", "https://stranger.test"), /IssuerMismatchError/],
      [(url: URL) => url.searchParams.delete("iss"), /IssuerMismatchError/],
      [(url: URL) => url.searchParams.delete("code"), /gave no code/],
      [(url: URL) => url.searchParams.set("code", "made up"), /code of the consent page was refused/],
    ] as const
  ) {
    scene.asked.length = 0;
    scene.answer = changePage(
      scene,
      "/consent",
      (html) =>
        html.replaceAll(/http:\/\/127\.0\.0\.1\/persona-runner[^"]*/g, (text) => {
          const url = new URL(text.replaceAll("&amp;", "&"));
          change(url);
          return url.href.replaceAll("&", "&amp;");
        }),
    );
    await refused(scene, words);
    assert.ok(askedFor(scene, "token").length <= 1);
  }
});

Deno.test("a consent page that is another one than it was ends the tick before anything is pressed, and is tried once a tick", async () => {
  await using scene = await createAppScene();
  for (
    const [persona, from, to, words] of [
      ["julia", 'name="answer" value="yes"', 'name="verdict" value="yes"', /no consent page/],
      ["julia", 'name="allow"', 'name="permit"', /nothing that the persona needs/],
      ["julia", 'name="where" value="all"', 'name="where" value="each"', /no choice “where=all”/],
      ["julia", 'name="preset" value="choose"', 'name="preset" value="own"', /no choice “preset=choose”/],
      ["ida", 'name="ask"', 'name="ask-me"', /no choice “ask=first”/],
      ["julia", 'method="post" action="/consent"', 'method="get" action="/consent"', /by POST/],
      ["julia", 'action="/consent"', 'action="https://stranger.test/consent"', /another server/],
    ] as const
  ) {
    const access = scene.start();
    for (let ticks = 0; ticks < 2; ticks++) {
      scene.asked.length = 0;
      scene.answer = changePage(scene, "/consent", (html) => html.replaceAll(from, to));
      await assert.rejects(access.open(personaOf(persona), GOING), isFault("refused", words));
      assert.deepEqual(posts(scene, "consent"), 0, String(words));
      assert.equal(posts(scene, "sign-in"), 1);
      assert.equal(askedFor(scene, "sign-out").length, 1);
    }
    scene.answer = null;
    await (await access.open(personaOf(persona), GOING)).close();
  }
});

Deno.test("a sign-in page that takes no password, or is none, ends the tick after one try", async () => {
  await using scene = await createAppScene();
  const way = wayOf(scene);
  const stranger = createAppAccess({ ...way, passwordOf: () => Promise.resolve("a wrong password") });
  await assert.rejects(
    stranger.open(personaOf("julia"), GOING),
    isFault("refused", /does not take the persona's password/),
  );
  assert.equal(posts(scene, "sign-in"), 1);
  scene.answer = changePage(scene, "/sign-in", (html) => html.replaceAll('name="email"', 'name="address"'));
  await refused(scene, /no field “email”/);
  scene.answer = changePage(scene, "/sign-in", () => "<p>Sign in with your phone.</p>");
  await refused(scene, /no consent page/);
  scene.answer = play({ "/sign-in": () => Response.redirect(`${ISSUER}/sign-in`, 303) });
  await refused(scene, /in a circle/);
});

Deno.test("a server that is away or asked too often is told from one that says no, with the time that it names", async () => {
  await using scene = await createAppScene();
  const steps = [
    METADATA,
    SERVER,
    "/api/auth/oauth2/register",
    "/api/auth/oauth2/token",
    "/sign-in",
    "/consent",
  ];
  for (const step of steps) {
    scene.answer = play({
      [step]: () => new Response(null, { status: 429, headers: { "retry-after": "17" } }),
    });
    await assert.rejects(
      scene.start().open(personaOf("julia"), GOING),
      isFault("wait", /asked too often/, 17_000),
    );
    scene.answer = play({ [step]: () => new Response(null, { status: 429 }) });
    await assert.rejects(scene.start().open(personaOf("julia"), GOING), isFault("wait", /asked too often/));
    scene.answer = play({ [step]: () => new Response("oops", { status: 503 }) });
    await assert.rejects(scene.start().open(personaOf("julia"), GOING), isFault("away", /503/));
    scene.answer = play({ [step]: () => Promise.reject(new TypeError("no route")) });
    await assert.rejects(scene.start().open(personaOf("julia"), GOING), isFault("away", /not answer/));
    scene.answer = play({ [step]: () => new Response("x".repeat(1_000_001)) });
    await assert.rejects(scene.start().open(personaOf("julia"), GOING), isFault("away", /200/));
  }
  const end = new AbortController();
  scene.answer = play({ "/consent": () => (end.abort(new Error("the runner stops")), undefined) });
  await assert.rejects(scene.start().open(personaOf("julia"), end.signal), /the runner stops/);
});

Deno.test("a service that is away when a token ends keeps the grant: the same grant goes on later", async () => {
  await using scene = await createAppScene();
  const access = scene.start();
  const entrance = await access.open(personaOf("julia"), GOING);
  const token = await entrance.token();
  scene.answer = play({ "/api/auth/oauth2/token": () => new Response(null, { status: 502 }) });
  await assert.rejects(entrance.token(token), isFault("away", /502/));
  scene.answer = null;
  scene.asked.length = 0;
  assert.notEqual(await entrance.token(token), token);
  assert.deepEqual(paths(scene), ["/api/auth/oauth2/token"]);
});

Deno.test("no fault says a word of a password, a token, a code or a page", async () => {
  await using scene = await createAppScene();
  const said: string[] = [];
  const steps = [
    METADATA,
    SERVER,
    "/api/auth/oauth2/register",
    "/api/auth/oauth2/token",
    "/sign-in",
    "/consent",
  ];
  for (const step of steps) {
    for (const status of [200, 400, 403, 422, 500]) {
      scene.answer = play({ [step]: () => new Response(`{"error":"a secret of ${step}"}`, { status }) });
      const fault = await scene.start().open(personaOf("julia"), GOING).catch((error: unknown) => error);
      if (step === METADATA && !(fault instanceof Error)) continue; // found at the other address
      assert.ok(fault instanceof SignInFault, `${step} ${status}: ${fault}`);
      said.push(fault.message);
    }
  }
  assert.doesNotMatch(said.join("\n"), /secret|follows from/);
});

/** Answers some paths; undefined: the real server answers. */
function play(
  answers: Readonly<Record<string, () => Response | undefined | Promise<Response>>>,
): AppScene["answer"] {
  return ({ url }) => answers[new URL(url).pathname]?.();
}

/** Changes the pages at a path, as an update of the sign-in server would. */
function changePage(scene: AppScene, path: string, change: (html: string) => string): AppScene["answer"] {
  return async (request) => {
    if (new URL(request.url).pathname !== path) return undefined;
    const page = await scene.world.backend.auth.fetch(request);
    if (page.headers.has("location")) return page;
    return new Response(change(await page.text()), page);
  };
}

function paths({ asked }: AppScene): readonly string[] {
  return asked.map(({ url }) => new URL(url).pathname);
}

function posts(scene: AppScene, path: string): number {
  return askedFor(scene, path).filter(({ method }) => method === "POST").length;
}

async function refused(scene: AppScene, words: RegExp): Promise<void> {
  await assert.rejects(scene.start().open(personaOf("julia"), GOING), isFault("refused", words));
}
