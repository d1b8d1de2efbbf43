/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  "use strict";
  var guard = { get: function () { throw new ReferenceError("blocked"); }, set: function () { throw new ReferenceError("blocked"); } };
  ["PopAds", "popns"].forEach(function (name) { try { Object.defineProperty(window, name, guard); } catch (e) { } });
})();
