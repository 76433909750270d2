// The way out of the frame to a page of the person's own: by the host, or as text to be copied where the host opens nothing.
import type { Host } from "../host/connect_host.ts";
import { button, html } from "./element.ts";

/** A button that opens an address of the web; null for an address that is none. */
export function openPage(host: Host, words: string, address: string): HTMLElement | null {
  if (!/^https?:\/\/[^\s]+$/.test(address) || address.length > 2_000) return null;
  const fallback = html("p", { attributes: { class: "soft", role: "status" } });
  const open = button(words, async () => {
    const isOpen = await host.openLink(address);
    fallback.textContent = isOpen ? "" : `This app opens no pages. The address is ${address}`;
  }, { class: "first" });
  return html("div", { attributes: { class: "way-out" } }, open, fallback);
}
