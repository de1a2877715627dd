// Links to modules: #layer4.1.conv2.

/** @typedef {import('./summary.js').Module} Module */

/** Never anything but a fragment of this page, whatever the path is. @param {Module} module */
export function linkTo(module) {
  // What is no whole character cannot be written as one.
  const path = module.path.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
  return `#${encodeURIComponent(path)}`;
}

/** @param {string} hash @param {import('./summary.js').Summary} summary */
export function moduleOfHash(hash, summary) {
  const text = hash.replace(/^#/, '');
  let path = text;
  try {
    path = decodeURIComponent(text);
  } catch {
    // Typed by hand, with a lone %.
  }
  return summary.byPath.get(path) ?? summary.byPath.get(text);
}

/** The address says where the reader is, so that it can be sent. @param {Module} module */
export function showHash(module) {
  try {
    history.replaceState(null, '', linkTo(module));
  } catch {
    // Some viewers allow no change of a file's address; the page works without.
  }
}

/** @param {import('./view.js').View} view @param {(module: Module) => void} go */
export function followHash(view, go) {
  const follow = () => {
    const module = moduleOfHash(location.hash, view.summary);
    if (module && location.hash.length > 1) go(module);
  };
  window.addEventListener('hashchange', follow);
  follow();
}
