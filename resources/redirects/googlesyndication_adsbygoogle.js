/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for adsbygoogle.js: marks the places for advertisements as done and leaves them empty. */
(function () {
  'use strict';
  var queue = window.adsbygoogle;
  var fill = function () {
    document.querySelectorAll('.adsbygoogle').forEach(function (place, i) {
      if (place.hasAttribute('data-adsbygoogle-status')) { return; }
      place.setAttribute('data-adsbygoogle-status', 'done');
      var frame = document.createElement('iframe');
      frame.id = 'aswift_' + i;
      frame.style.cssText = 'display:none!important;height:0!important;width:0!important';
      place.appendChild(frame);
    });
  };
  window.adsbygoogle = { loaded: true, length: 0,
    push: function (item) {
      if (item !== null && item instanceof Object && item.google_ad_client) { /* Auto ads: nothing to place. */ }
      this.length += 1;
      fill();
    } };
  if (Array.isArray(queue)) { queue.forEach(function (item) { window.adsbygoogle.push(item); }); }
  if (document.querySelectorAll) { fill(); }
})();
