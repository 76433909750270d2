/** What is around every chart. */
export interface ChartFrame {
  readonly title: string;
  readonly subtitle: string;
  readonly width: number;
  readonly height: number;
  /** Elements, in order. */
  readonly content: readonly string[];
}

/** Colours for both themes: the picture stands on the page's own ground, so it follows the reader's choice. */
const STYLE = `
  text { font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
  .title { font-size: 16px; font-weight: 600; }
  .subtitle, .label { fill: #59636e; }
  .heading { font-weight: 600; }
  .value { font-variant-numeric: tabular-nums; }
  .ours { fill: #4f46e5; }
  .other { fill: #9aa4b2; }
  .grid { stroke: #d1d9e0; stroke-width: 1; }
  .line { fill: none; stroke: #4f46e5; stroke-width: 2; stroke-linejoin: round; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .subtitle, .label { fill: #9198a1; }
    .ours { fill: #818cf8; }
    .other { fill: #5b6472; }
    .grid { stroke: #3d444d; }
    .line { stroke: #818cf8; }
  }`;

/** One SVG document with a title that screen readers find. */
export function chartFrame({ title, subtitle, width, height, content }: ChartFrame): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(`${title}: ${subtitle}`)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<text class="title" x="0" y="20">${escapeXml(title)}</text>`,
    `<text class="subtitle" x="0" y="40">${escapeXml(subtitle)}</text>`,
    ...content,
    "</svg>",
    "",
  ].join("\n");
}

/** Text that is safe inside an element or an attribute of XML. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(
    '"',
    "&quot;",
  );
}
