// SPDX-License-Identifier: GPL-3.0-or-later
// Names: json-prune-fetch-response
// Names: json-prune-xhr-response
// Named.
// Uses: prune request
// Takes members out of answers that are JSON.
(called, paths, needed, ...rest) => {
  if (!paths) return;
  const options = optionsOf(rest);
  const edit = called === 'json-prune-xhr-response' ? editXhr : editFetch;
  edit(requestTest(options.propsToMatch), pruneText(pruner(paths, needed, options.stackToMatch)));
}
