/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  "use strict";
  delete window.PopAds;
  delete window.popns;
  Object.defineProperties(window, { PopAds: { value: {} }, popns: { value: {} } });
})();
