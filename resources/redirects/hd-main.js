/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  'use strict';
  var nothing = function () {};
  var answer = { $: nothing, emit: nothing, on: nothing, init: nothing };
  window.hdMain = window.hdMain || answer;
})();
