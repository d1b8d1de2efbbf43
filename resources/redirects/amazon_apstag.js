/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Amazon's apstag.js: bids are fetched at once, and there are none. */
(function () {
  'use strict';
  var waiting = window.apstag && window.apstag._Q;
  var nothing = function () {};
  var tag = {
    _Q: { push: function (item) { run(item); } }, init: function (settings, callback) { if (typeof callback === 'function') { callback(); } },
    fetchBids: function (settings, callback) { if (typeof callback === 'function') { callback([]); } },
    setDisplayBids: nothing, targetingKeys: function () { return []; }, renderImp: nothing, rpa: nothing, upa: nothing, dpa: nothing
  };
  var run = function (item) {
    if (!Array.isArray(item)) { return; }
    if (item[0] === 'f') { tag.fetchBids.apply(null, item[1] || []); }
    else if (item[0] === 'i') { tag.init.apply(null, item[1] || []); }
  };
  window.apstag = tag;
  if (Array.isArray(waiting)) { waiting.forEach(run); }
})();
