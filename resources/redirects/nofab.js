/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for FuckAdBlock and BlockAdBlock: nothing is ever detected. */
(function () {
  'use strict';
  var run = function (f) { if (typeof f === 'function') { try { f(); } catch (e) { } } };
  var Fab = function () {};
  Fab.prototype = {
    check: function () { return false; }, clearEvent: function () {}, emitEvent: function () {}, setOption: function () { return this; },
    options: {}, on: function (detected, f) { if (!detected) { run(f); } return this; },
    onDetected: function () { return this; }, onNotDetected: function (f) { run(f); return this; }
  };
  var one = new Fab();
  ['FuckAdBlock', 'BlockAdBlock', 'SniffAdBlock'].forEach(function (name) {
    try { Object.defineProperty(window, name, { get: function () { return Fab; }, set: function () {} }); } catch (e) { }
  });
  ['fuckAdBlock', 'blockAdBlock', 'sniffAdBlock'].forEach(function (name) {
    try { Object.defineProperty(window, name, { get: function () { return one; }, set: function () {} }); } catch (e) { }
  });
})();
