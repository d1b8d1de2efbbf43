/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Google's old ga.js: the queue _gaq and the factory _gat, which answer and send nothing. */
(function () {
  'use strict';
  var nothing = function () { return ''; };
  var methods = ['_addIgnoredOrganic', '_addIgnoredRef', '_addItem', '_addOrganic', '_addTrans', '_clearIgnoredOrganic',
    '_clearOrganic', '_cookiePathCopy', '_deleteCustomVar', '_getName', '_setAccount', '_getAccount', '_getClientInfo',
    '_getDetectFlash', '_getDetectTitle', '_getLinkerUrl', '_getVersion', '_getVisitorCustomVar', '_initData', '_link',
    '_linkByPost', '_setAllowAnchor', '_setAllowHash', '_setAllowLinker', '_setCampaignTrack', '_setClientInfo',
    '_setCookiePath', '_setCustomVar', '_setDetectFlash', '_setDetectTitle', '_setDomainName', '_setReferrerOverride',
    '_setSampleRate', '_setSessionCookieTimeout', '_setSiteSpeedSampleRate', '_setVar', '_setVisitorCookieTimeout',
    '_trackEvent', '_trackPageLoadTime', '_trackPageview', '_trackSocial', '_trackTiming', '_trackTrans'];
  var tracker = {};
  methods.forEach(function (name) { tracker[name] = nothing; });
  var follow = { _link: 1, _linkByPost: 1 };
  var queue = {
    push: function () {
      for (var i = 0; i < arguments.length; i++) {
        var item = arguments[i];
        if (typeof item === 'function') { try { item(); } catch (e) { } }
        else if (Array.isArray(item) && follow[item[0]] && item[0] === '_link' && typeof item[1] === 'string') {
          location.assign(item[1]);
        }
      }
      return 0;
    }
  };
  var waiting = window._gaq;
  window._gat = { _getTracker: function () { return tracker; }, _getTrackerByName: function () { return tracker; },
    _createTracker: function () { return tracker; }, _anonymizeIp: nothing, _forceSSL: nothing, _getPlugin: nothing };
  queue._getAsyncTracker = queue._createAsyncTracker = function () { return tracker; };
  window._gaq = queue;
  if (Array.isArray(waiting)) { queue.push.apply(queue, waiting); }
})();
