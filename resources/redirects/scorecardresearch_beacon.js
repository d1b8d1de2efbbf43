/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  'use strict';
  window.COMSCORE = { beacon: function () {}, purge: function () { window._comscore = []; } };
})();
