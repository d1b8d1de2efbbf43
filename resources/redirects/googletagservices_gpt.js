/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Google's publisher tag: slots can be defined, shown and asked about; they stay empty. */
(function () {
  'use strict';
  var nothing = function () {};
  var self = function () { return this; };
  var list = function () { return []; };
  var none = function () { return null; };
  var text = function () { return ''; };
  var chain = function (object, names) {
    names.split(' ').forEach(function (name) { object[name] = self; });
    return object;
  };
  var slots = [];
  var Slot = function (path, id) { this.path = path; this.id = id; };
  Slot.prototype = chain({
    get: none, getAdUnitPath: function () { return this.path || ''; }, getSlotElementId: function () { return this.id || ''; },
    getAttributeKeys: list, getCategoryExclusions: list, getTargetingKeys: list, getTargeting: list, getSizes: list,
    getResponseInformation: none, getSlotId: function () { return this; }, getDomId: function () { return this.id || ''; },
    getId: function () { return this.id || ''; }, getName: function () { return this.path || ''; }, getClickUrl: text, getHtml: text
  }, 'addService clearCategoryExclusions clearTargeting defineSizeMapping set setCategoryExclusion setClickUrl '
     + 'setCollapseEmptyDiv setForceSafeFrame setSafeFrameConfig setTargeting updateTargetingFromMap setConfig');
  var define = function (path, size, id) {
    var slot = new Slot(path, typeof size === 'string' ? size : id);
    slots.push(slot);
    return slot;
  };
  var service = chain({
    addEventListener: nothing, removeEventListener: nothing, enableSyncRendering: nothing, enableAsyncRendering: nothing,
    enableSingleRequest: nothing, enableVideoAds: nothing, enableLazyLoad: nothing, disableInitialLoad: nothing,
    collapseEmptyDivs: nothing, clear: nothing, refresh: nothing, display: nothing, getSlots: function () { return slots; },
    getAttributeKeys: list, getTargeting: list, getTargetingKeys: list, get: none, getContent: text, getVersion: text,
    isInitialLoadDisabled: function () { return true; }, definePassback: function () { return new Slot(); },
    defineOutOfPagePassback: function () { return new Slot(); }, setContent: nothing, setVideoContent: nothing,
    updateCorrelator: nothing, setRefreshUnfilledSlots: nothing, notifyUnfilledSlots: nothing, setVideoSession: nothing
  }, 'addService clearCategoryExclusions clearTagForChildDirectedTreatment clearTargeting set setCategoryExclusion '
     + 'setCentering setCookieOptions setForceSafeFrame setLocation setPrivacySettings setPublisherProvidedId '
     + 'setRequestNonPersonalizedAds setSafeFrameConfig setTagForChildDirectedTreatment setTagForUnderAgeOfConsent setTargeting');
  var tag = window.googletag instanceof Object ? window.googletag : {};
  var waiting = Array.isArray(tag.cmd) ? tag.cmd : [];
  tag.apiReady = tag.pubadsReady = true;
  tag.cmd = { push: function (f) { if (typeof f === 'function') { try { f(); } catch (e) { } } return 1; } };
  tag.companionAds = tag.content = tag.pubads = function () { return service; };
  tag.defineSlot = define;
  tag.defineOutOfPageSlot = function (path, id) { return define(path, id); };
  tag.destroySlots = function () { slots = []; return true; };
  tag.sizeMapping = function () { return { addSize: self, build: none }; };
  tag.disablePublisherConsole = tag.display = tag.enableServices = tag.openConsole = tag.setAdIframeTitle = tag.setConfig = nothing;
  tag.getVersion = text;
  tag.enums = { OutOfPageFormat: {}, RewardedSlotReadyEvent: {}, TrafficSource: {} };
  window.googletag = tag;
  waiting.forEach(tag.cmd.push);
})();
