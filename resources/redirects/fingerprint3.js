/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for FingerprintJS: gives a new random answer each time. */
(function () {
  'use strict';
  var random = function () {
    var out = '';
    while (out.length < 20) { out += Math.floor(Math.random() * 36).toString(36); }
    return out;
  };
  var agent = { get: function () { return Promise.resolve({ visitorId: random(), components: {}, confidence: { score: 0 } }); } };
  window.FingerprintJS = { load: function () { return Promise.resolve(agent); }, hashComponents: random, componentsToDebugString: random };
})();
