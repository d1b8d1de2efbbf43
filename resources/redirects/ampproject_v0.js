/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for AMP's runtime: shows the page, and its pictures as plain ones. */
(function () {
  'use strict';
  var show = function () {
    document.body.style.cssText += ';visibility:visible!important;animation:none!important';
    document.querySelectorAll('amp-img,amp-anim').forEach(function (old) {
      var image = document.createElement('img');
      ['src', 'srcset', 'alt', 'width', 'height'].forEach(function (name) {
        if (old.hasAttribute(name)) { image.setAttribute(name, old.getAttribute(name)); }
      });
      old.replaceWith(image);
    });
  };
  if (document.readyState === 'loading') { document.addEventListener('DOMContentLoaded', show); } else { show(); }
})();
