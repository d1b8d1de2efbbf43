/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Google's content experiments: everybody is shown the original. */
(function () {
  'use strict';
  window.cxApi = { chooseVariation: function () { return 0; }, getChosenVariation: function () { return 0; },
    setChosenVariation: function () {}, setAllowHash: function () {}, setCookiePath: function () {},
    setDomainName: function () {}, ORIGINAL_VARIATION: 0, NO_CHOSEN_VARIATION: -1, NOT_PARTICIPATING: -2 };
})();
