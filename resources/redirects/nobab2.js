/* SPDX-License-Identifier: GPL-3.0-or-later
 * Takes away what a script that detects blocking was given to work with. */
(function () {
  'use strict';
  var script = document.currentScript;
  if (script === null || typeof script.src !== 'string') { return; }
  if (!/(babp|blockadblock|adblock)/i.test(script.src)) { return; }
  if (script.parentNode) { script.parentNode.removeChild(script); }
})();
