/* SPDX-License-Identifier: GPL-3.0-or-later
 * Keeps a script that detects blocking from being run out of a string. */
(function () {
  'use strict';
  var marks = ['babasbm', '_bab_', 'blockadblock', 'bab-ad'];
  var isMeant = function (code) {
    return typeof code === 'string' && marks.some(function (mark) { return code.indexOf(mark) !== -1; });
  };
  var evaluate = window.eval, later = window.setTimeout;
  window.eval = function (code) { return isMeant(code) ? undefined : evaluate.call(window, code); };
  window.setTimeout = function (f) {
    return isMeant(f) ? 0 : later.apply(window, arguments);
  };
})();
