/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  'use strict';
  var Player = function () {};
  ['setVideoObject', 'newProgram', 'programEvent', 'newAd', 'adEvent', 'dispose'].forEach(function (name) {
    Player.prototype[name] = function () {};
  });
  window.GemiusPlayer = Player;
})();
