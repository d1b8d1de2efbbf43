/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Google's analytics.js and tag manager: pages wait for its callbacks, nothing is sent. */
(function () {
  'use strict';
  var nothing = function () {};
  var tracker = { get: nothing, set: nothing, send: nothing, requireSync: nothing };
  var name = window.GoogleAnalyticsObject || 'ga';
  var old = window[name];
  var run = function (f, arg) { if (typeof f === 'function') { try { f(arg); } catch (e) { } } };
  var ga = function () {
    var last = arguments[arguments.length - 1];
    if (arguments.length === 1) { run(last, tracker); return; }
    if (last !== null && typeof last === 'object') { run(last.hitCallback); }
    else if (arguments[0] === 'set' && arguments[1] === 'hitCallback') { run(last); }
  };
  ga.create = function () { return tracker; };
  ga.getByName = function () { return tracker; };
  ga.getAll = function () { return [tracker]; };
  ga.remove = nothing;
  ga.loaded = true;
  window[name] = ga;
  if (old && Array.isArray(old.q)) { old.q.forEach(function (args) { ga.apply(null, args); }); }

  /* The tag manager's queue: pages put a callback into what they push. */
  var layer = window.dataLayer;
  if (layer instanceof Object) {
    if (layer.hide instanceof Object) { run(layer.hide.end); }
    var push = function (item) {
      if (item instanceof Object && typeof item.eventCallback === 'function') { setTimeout(item.eventCallback, 1); }
    };
    layer.push = push;
    if (Array.isArray(layer)) { layer.forEach(push); }
  }
})();
