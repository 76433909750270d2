// The sign-in host behind nginx, as docs/deploy/nginx-sign-in.conf ships it.
import assert from "node:assert/strict";
import { print } from "../../scripts/print.ts";
import { isInstalled, signInSite, startNginx } from "./_nginx.ts";
import { createPages, type Proxy, testSignInHost } from "./_sign_in_host.ts";

const nginx: Proxy = {
  name: "nginx",
  isInstalled: await isInstalled(),
  tooLong: 413,
  start: (folder, host) => startNginx(folder, signInSite(host)),
};
if (!nginx.isInstalled) {
  print("Not tested: the shipped nginx-sign-in.conf, because /usr/sbin/nginx is not installed");
}

testSignInHost(nginx);

Deno.test({
  name: "nginx, sign-in: http leads to https, and the log holds no query",
  ignore: !nginx.isInstalled,
  fn: async () => {
    await using pages = await createPages(nginx);
    const plain = await fetch(`${pages.plainBase}/apps?a=b`, { redirect: "manual" });
    await plain.body?.cancel();
    assert.equal(plain.status, 308);
    assert.equal(plain.headers.get("location"), "https://127.0.0.1/apps?a=b");
    await pages.ask("/sign-in?client_id=sentinel");
    await pages.stop(); // nginx writes a line after the answer
    const log = await Deno.readTextFile(`${pages.folder}/access.log`);
    assert.match(log, /127\.0\.0\.1 \[[^\]]+\] GET "\/sign-in" 200 /);
    assert.ok(!log.includes("sentinel"), log);
  },
});
