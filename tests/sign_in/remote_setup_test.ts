import assert from "node:assert/strict";
import { migrateSignIn } from "../../sign_in/database/migrate_sign_in.ts";
import { demandSameAuthService } from "../../sign_in/people/remote/demand_same_auth_service.ts";
import { resealSessions } from "../../sign_in/people/remote/reseal_sessions.ts";
import { createSealing } from "../../sign_in/people/remote/sealing.ts";
import type { Secret } from "../../sign_in/secrets/secrets.ts";
import { SetupFault } from "../../sign_in/kit/setup_fault.ts";
import { connect, exchange } from "../_support/oauth_flow.ts";
import { createRealServices } from "../_support/real_services/real_services.ts";
import { temporaryFolder } from "../_support/temporary_folder.ts";
import { createTestBackend } from "../_support/test_backend.ts";
import { isOnPostgres, openTestDatabase } from "../_support/test_database.ts";
import { createRemoteWorld, submitPassword } from "../_support/remote_world.ts";

Deno.test("remote people: a database serves one auth service, once somebody has come in", async () => {
  await using folder = await temporaryFolder();
  await using services = await createRealServices();
  const data = folder.path;
  const other = { authIssuer: "http://other.test" };
  // While nobody has come in, the operator may still correct JWT_ISSUER.
  for (const people of [other, {}]) {
    await using _world = await createRemoteWorld({ services, data, people });
  }
  {
    await using world = await createRemoteWorld({ services, data });
    await world.signedIn(await services.people.make("anna"));
  }
  await assert.rejects(
    createRemoteWorld({ services, data, people: other }),
    (error) =>
      error instanceof SetupFault &&
      /belong to the auth service http:\/\/auth\.test, and JWT_ISSUER is http:\/\/other\.test/.test(
        error.message,
      ),
  );
  await using world = await createRemoteWorld({ services, data });
  assert.ok(world);
});

Deno.test("remote people: the database of an embedded backend is none of an auth service", async () => {
  await using folder = await temporaryFolder();
  {
    await using backend = await createTestBackend({ data: folder.path });
    await backend.person("anna");
  }
  const signIn = await openTestDatabase(folder.path);
  try {
    await migrateSignIn(signIn);
    await assert.rejects(
      demandSameAuthService(signIn, "http://auth.test"),
      (error) => error instanceof SetupFault && /accounts of an embedded backend/.test(error.message),
    );
  } finally {
    await signIn.close();
  }
});

Deno.test("remote people: a secret is replaced without anybody connecting anew, and a missing one ends the start", async () => {
  await using folder = await temporaryFolder();
  await using services = await createRealServices();
  const data = folder.path;
  const [old, young] = [1, 2].map((id) => ({ id, text: `secret number ${id}, which is long enough` }));
  assert.ok(old && young);
  let access = "";
  const inForce = async (...secrets: [Secret, ...Secret[]]) => {
    await using world = await createRemoteWorld({ services, data, secrets });
    assert.equal((await exchange(world, access)).status, 200);
  };
  {
    await using world = await createRemoteWorld({ services, data, secrets: [old] });
    ({ access } = await connect(world, await world.signedIn(await services.people.make("anna"))));
  }
  await assert.rejects(
    createRemoteWorld({ services, data, secrets: [young] }),
    (error) => error instanceof SetupFault,
  );
  await inForce(old, young); // the other nodes know the new secret before it seals
  await inForce(young, old); // sealed anew at this start
  await inForce(young);
});

Deno.test("remote people: sessions sealed with a secret that is not on the list are named by its number", async () => {
  await using folder = await temporaryFolder();
  await using services = await createRealServices();
  const data = folder.path;
  const [old, young] = [1, 2].map((id) => ({ id, text: `secret number ${id}, which is long enough` }));
  assert.ok(old && young);
  {
    await using world = await createRemoteWorld({ services, data, secrets: [old] });
    await connect(world, await world.signedIn(await services.people.make("anna")));
  }
  const signIn = await openTestDatabase(data);
  try {
    const sealing = createSealing({
      secrets: [young],
      purpose: "any",
      randomBytes: () => new Uint8Array(12),
    });
    await assert.rejects(
      resealSessions(signIn, sealing, [young]),
      (error) => error instanceof SetupFault && /lacks the secret with the number 1,/.test(error.message),
    );
  } finally {
    await signIn.close();
  }
});

Deno.test(
  "remote people: neither password nor cookie nor code is in a log, a page, an error or the file of the database",
  { ignore: isOnPostgres() },
  async () => {
    await using folder = await temporaryFolder();
    await using services = await createRealServices();
    const secrets = new Set<string>();
    const pages: string[] = [];
    await using world = await createRemoteWorld({ services, data: folder.path });
    const anna = await services.people.make("anna");
    const note = (page: { readonly html: string }) => void pages.push(page.html);
    const browser = world.browser();
    const { access } = await connect(world, await world.signedIn(anna));
    note(await browser.open("/sign-in"));
    for (const fault of ["down", "html", "500", null] as const) {
      services.fault = fault === null ? null : () => fault;
      world.clock.now += 11_000;
      note(await submitPassword(browser, await browser.open("/sign-in"), anna));
      world.clock.now += 20 * 60_000;
      pages.push(await (await exchange(world, access)).text());
    }
    await services.people.switchOnSecondFactor(anna);
    world.clock.now += 11_000;
    note(await submitPassword(world.browser(), await world.browser().open("/sign-in"), anna));
    note(
      await submitPassword(world.browser(), await world.browser().open("/sign-in"), {
        ...anna,
        password: "wrong horse battery",
      }),
    );
    for (const request of services.requests) {
      const cookie = request.header("cookie");
      if (cookie === null) continue;
      const value = decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1));
      secrets.add(value.split(".")[0] ?? "").add(cookie.slice(cookie.indexOf("=") + 1));
    }
    assert.ok(secrets.size >= 4);
    secrets.add(anna.password).add("wrong horse battery");
    const files = await Promise.all(
      ["auth.sqlite", "auth.sqlite-wal"].map(async (name) =>
        new TextDecoder("latin1").decode(
          await Deno.readFile(`${folder.path}/${name}`).catch(() => new Uint8Array()),
        )
      ),
    );
    assert.ok(files.join("").includes("auth_sessions"));
    for (
      const [where, text] of [["file", files.join("")], ["page", pages.join("")], [
        "log",
        JSON.stringify(world.log),
      ]] as const
    ) {
      for (const secret of secrets) {
        assert.ok(!text.includes(secret), `a secret is in a ${where}`);
      }
    }
  },
);
