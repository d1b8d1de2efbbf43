/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  'use strict';
  window.pSUPERFLY = window.pSUPERFLY || { activity: function () {}, virtualPage: function () {} };
})();
