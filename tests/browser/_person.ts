import type { Locator, Page } from "playwright-core";

/** A password that nobody else has. */
export const PASSWORD = "seven quiet green bicycles";

/** Where to write to somebody. */
export function emailOf(name: string): string {
  return `${name.toLowerCase()}@mana.test`;
}

/** Fills in the sign-up page. */
export async function fillSignUp(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail address").fill(emailOf(name));
  await page.getByLabel("Password").fill(PASSWORD);
}

/** Chooses to choose, and opens every group. */
export async function unfold(all: Locator): Promise<void> {
  const choose = all.getByRole("radio", { name: "Let me choose" });
  if (await choose.count() > 0) await choose.check();
  for (const group of await all.locator(".groups > details").all()) {
    if (await group.getAttribute("open") === null) await group.locator("> summary").click();
  }
}

/** Ticks on the consent page exactly these, by module. */
export async function allowOnly(
  page: Page,
  choice: Readonly<Record<string, readonly string[]>>,
  until: string,
): Promise<void> {
  const all = page.getByRole("group", { name: "What may it do?" });
  await unfold(all);
  for (const box of await all.getByRole("checkbox").all()) await box.uncheck();
  for (const [module, words] of Object.entries(choice)) {
    const group = all.getByRole("group", { name: module });
    for (const word of words) await group.getByRole("checkbox", { name: word }).check();
  }
  await page.getByRole("radio", { name: until }).check();
}
