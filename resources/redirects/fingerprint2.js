/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Fingerprint2: gives a new random answer each time. */
(function () {
  'use strict';
  var random = function () {
    var out = '';
    while (out.length < 32) { out += Math.floor(Math.random() * 16).toString(16); }
    return out;
  };
  var Print = function () {};
  Print.get = function (options, callback) {
    var done = callback || options;
    if (typeof done === 'function') { setTimeout(function () { done(random(), []); }, 1); }
  };
  Print.getPromise = function () { return Promise.resolve([]); };
  Print.getV18 = function (options, callback) { Print.get(options, callback); };
  Print.x64hash128 = random;
  Print.prototype.get = Print.get;
  window.Fingerprint2 = Print;
})();
