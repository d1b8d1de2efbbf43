/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Amazon's amzn_ads.js: asked for bids, it has none, and says so at once. */
(function () {
  'use strict';
  if (window.amznads) { return; }
  var nothing = function () {};
  var text = function () { return ''; };
  var call = function (f) { if (typeof f === 'function') { f(); } };
  window.amznads = {
    appendScriptTag: nothing, appendTargetingToAdServerUrl: function (url) { return url; },
    appendTargetingToQueryString: function (query) { return query; }, clearTargetingFromGPTAsync: nothing,
    doAllTask: nothing, doGetAdsAsync: function (id, callback) { call(callback); }, doTask: nothing, detectIframeAndGetURL: nothing,
    getAds: nothing, getAdsAsync: nothing, getAdForSlot: nothing, getAdsCallback: function (id, callback) { call(callback); },
    getDisplayAds: nothing, getDisplayAdsAsync: nothing, getDisplayAdsCallback: nothing, getKeys: function () { return []; },
    getReferrerURL: text, getScriptSource: nothing, getTargeting: nothing, getTokens: function () { return []; },
    getValidMilliseconds: nothing, getVideoAds: nothing, getVideoAdsAsync: nothing, getVideoAdsCallback: nothing,
    handleCallBack: nothing, hasAds: function () { return false; }, renderAd: nothing, saveAds: nothing,
    setTargeting: nothing, setTargetingForGPTAsync: nothing, setTargetingForGPTSync: nothing, tryGetAdsAsync: nothing, updateAds: nothing
  };
  window.amzn_ads = nothing;
  window.aax_write = nothing;
  window.aax_render_ad = nothing;
})();
