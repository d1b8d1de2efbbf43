// SPDX-License-Identifier: GPL-3.0-or-later
// Names: window-close-if close-window
// Uses: pattern
// Closes the window at once where the path, or the whole address, matches.
text => {
  if (patternOf(text).test(text && isExpression(text) ? location.href : location.pathname + location.search))
    window.close();
}
