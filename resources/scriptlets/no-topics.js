// SPDX-License-Identifier: GPL-3.0-or-later
// Names: no-topics no-floc
// Uses: property
// The browser does not say what it was used for.
() => {
  for (const name of ['browsingTopics', 'interestCohort'])
    if (name in Document.prototype) delete Document.prototype[name];
}
