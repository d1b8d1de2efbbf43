/* SPDX-License-Identifier: GPL-3.0-or-later */
(function () {
  'use strict';
  var nothing = function () {};
  var part = { send: nothing, set: nothing, add: nothing, remove: nothing, onDispatch: nothing };
  var Tag = function () {
    var self = { dispatch: nothing, setConfig: nothing, setParam: nothing, getContext: nothing, setProps: nothing, emit: nothing };
    'avInsights campaigns cart clickListener contextVariables customTreeStructure dynamicLabel events identifiedVisitor internalSearch mvTesting onSiteAds order page products publisher redirection richMedia selfPromotion ecommerce click'
      .split(' ').forEach(function (name) { self[name] = part; });
    return self;
  };
  window.ATInternet = { Tracker: { Tag: Tag } };
})();
