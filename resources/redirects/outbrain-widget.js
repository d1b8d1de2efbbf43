/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  'use strict';
  var nothing = function () {};
  var extern = {};
  'callClick callLoadMore callRecs callUserZapping callWhatIs cancelRecommendation cancelRecs closeCard closeModal closeTbx errorInjectionHandler getCountOfRecs getStat imageError manualVideoClicked onOdbReturn onVideoClick pagerLoad recClicked refreshSpecificWidget refreshWidget reloadWidget renderSpaWidgets researchWidget returnedError returnedHtmlData returnedIrdData returnedJsonData scrollLoad showDescription showRecInIframe userZappingMessage zappingFormAction'
    .split(' ').forEach(function (name) { extern[name] = nothing; });
  window.OBR = window.OBR || { extern: extern };
  window.OB_releaseVer = '0';
})();
