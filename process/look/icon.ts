// The product's mark: a drop with a keyhole's eye, on a tile. Readable at 16 pixels, on light and on dark, and as an app's icon. Has
// no text.

/** The mark as an SVG document, square, of any size. */
export const ICON_SVG =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7.5" fill="#4b39c4"/>` +
  `<path fill="#fff" fill-rule="evenodd" d="M16 4.2c3.9 4.9 8 9.6 8 14.3a8 8 0 0 1-16 0c0-4.7 4.1-9.4 8-14.3zm0 10.9a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8z"/></svg>`;
