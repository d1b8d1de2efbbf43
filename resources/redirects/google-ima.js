/* SPDX-License-Identifier: GPL-3.0-or-later
 * Stands in for Google's interactive media advertisements: a player that asks for a break is told at once that
 * it is over, so that the film starts. */
(function () {
  'use strict';
  if (window.google && window.google.ima && window.google.ima.VERSION) { return; }
  var nothing = function () {};
  var constant = function (value) { return function () { return value; }; };
  var none = constant(null), zero = constant(0), no = constant(false), text = constant('');
  var give = function (object, names, f) { names.split(' ').forEach(function (n) { object[n] = f; }); return object; };
  var names = function (list) { var o = {}; list.split(' ').forEach(function (n) { o[n] = n.toLowerCase(); }); return o; };

  var Emitter = function () { this.listeners = {}; };
  Emitter.prototype.addEventListener = function (types, f, options, scope) {
    var all = this.listeners;
    [].concat(types).forEach(function (type) { (all[type] = all[type] || []).push(scope ? f.bind(scope) : f); });
  };
  Emitter.prototype.removeEventListener = function (types, f) {
    var all = this.listeners;
    [].concat(types).forEach(function (t) { all[t] = (all[t] || []).filter(function (g) { return g !== f; }); });
  };
  Emitter.prototype.emit = function (event) {
    (this.listeners[event.type] || []).slice().forEach(function (f) { try { f(event); } catch (e) { console.error(e); } });
  };
  var derive = function (Type, Base) { Type.prototype = Object.create(Base.prototype); Type.prototype.constructor = Type; return Type; };

  var Event = function (type, ad) { this.type = type; this.ad = ad || null; };
  Event.prototype.getAd = function () { return this.ad; };
  Event.prototype.getAdData = function () { return {}; };
  Event.Type = names('AD_BREAK_READY AD_BUFFERING AD_CAN_PLAY AD_METADATA AD_PROGRESS ALL_ADS_COMPLETED CLICK COMPLETE '
    + 'CONTENT_PAUSE_REQUESTED CONTENT_RESUME_REQUESTED DURATION_CHANGE EXPANDED_CHANGED FIRST_QUARTILE IMPRESSION '
    + 'INTERACTION LINEAR_CHANGED LINEAR_CHANGE LOADED LOG MIDPOINT PAUSED RESUMED SKIPPABLE_STATE_CHANGED SKIPPED STARTED '
    + 'THIRD_QUARTILE USER_CLOSE VIDEO_CLICKED VIDEO_ICON_CLICKED VIEWABLE_IMPRESSION VOLUME_CHANGED VOLUME_MUTED');

  var AdError = function (type, code, vast, message) { this.type = type; this.code = code; this.vast = vast; this.message = message; };
  give(AdError.prototype, 'getInnerError', none);
  AdError.prototype.getErrorCode = function () { return this.code; };
  AdError.prototype.getMessage = AdError.prototype.toString = function () { return this.message; };
  AdError.prototype.getType = function () { return this.type; };
  AdError.prototype.getVastErrorCode = function () { return this.vast; };
  AdError.ErrorCode = {}; AdError.Type = { AD_LOAD: 'adLoadError', AD_PLAY: 'adPlayError' };
  var AdErrorEvent = derive(function (error) { Event.call(this, 'adError'); this.error = error; }, Event);
  AdErrorEvent.Type = { AD_ERROR: 'adError' };
  AdErrorEvent.prototype.getError = function () { return this.error; };
  AdErrorEvent.prototype.getUserRequestContext = constant({});

  var Ad = function () {};
  give(Ad.prototype, 'getAdId getAdSystem getAdvertiserName getApiFramework getContentType getCreativeAdId getCreativeId '
    + 'getDealId getDescription getMediaUrl getSurveyUrl getTitle getTraffickingParametersString getUniversalAdIdRegistry', text);
  give(Ad.prototype, 'getDuration getHeight getWidth getMinSuggestedDuration getVastMediaBitrate getVastMediaHeight '
    + 'getVastMediaWidth getSkipTimeOffset', zero);
  give(Ad.prototype, 'getCompanionAds getUniversalAdIds getWrapperAdIds getWrapperAdSystems getWrapperCreativeIds getUiElements', constant([]));
  give(Ad.prototype, 'isSkippable isUiDisabled', no);
  Ad.prototype.isLinear = constant(true);
  Ad.prototype.getTraffickingParameters = constant({});
  Ad.prototype.getAdPodInfo = function () {
    return { getAdPosition: constant(1), getIsBumper: no, getMaxDuration: constant(-1), getPodIndex: constant(1),
      getTimeOffset: zero, getTotalAds: constant(1) };
  };
  var ad = new Ad();

  var Manager = derive(function () { Emitter.call(this); }, Emitter);
  give(Manager.prototype, 'collapse configureAdsManager destroy discardAdBreak expand focus pause resize resume setVolume '
    + 'skip stop updateAdsRenderingSettings', nothing);
  give(Manager.prototype, 'getRemainingTime getVolume', zero);
  give(Manager.prototype, 'isCustomClickTrackingUsed isCustomPlaybackUsed getAdSkippableState', no);
  Manager.prototype.getCuePoints = constant([]);
  Manager.prototype.getCurrentAd = constant(ad);
  Manager.prototype.init = Manager.prototype.start = nothing;
  Manager.prototype.start = function () {
    var self = this;
    ['loaded', 'ad_break_ready', 'content_pause_requested', 'started', 'impression', 'complete', 'content_resume_requested',
      'all_ads_completed'].forEach(function (type) { self.emit(new Event(type, ad)); });
  };

  var LoadedEvent = derive(function (manager, context) { Event.call(this, 'adsManagerLoaded'); this.manager = manager; this.context = context; }, Event);
  LoadedEvent.Type = { ADS_MANAGER_LOADED: 'adsManagerLoaded' };
  LoadedEvent.prototype.getAdsManager = function () { return this.manager; };
  LoadedEvent.prototype.getUserRequestContext = function () { return this.context || {}; };

  var Loader = derive(function (container) { Emitter.call(this); this.settings = new Settings(); this.container = container; }, Emitter);
  give(Loader.prototype, 'contentComplete destroy', nothing);
  Loader.prototype.getSettings = function () { return this.settings; };
  Loader.prototype.getVersion = constant('3.453.0');
  Loader.prototype.requestAds = function (request, context) {
    var self = this;
    requestAnimationFrame(function () { self.emit(new LoadedEvent(new Manager(), context)); });
  };

  var Settings = function () {};
  give(Settings.prototype, 'setAutoPlayAdBreaks setCompanionBackfill setCookiesEnabled setDisableCustomPlaybackForIOS10Plus '
    + 'setDisableFlashAds setFeatureFlags setLocale setNumRedirects setPlayerType setPlayerVersion setPpid setSessionId '
    + 'setVpaidAllowed setVpaidMode setIsVpaidAdapter', nothing);
  give(Settings.prototype, 'getLocale getPlayerType getPlayerVersion getPpid', text);
  Settings.prototype.getFeatureFlags = constant({});
  Settings.prototype.isCookiesEnabled = no;
  Settings.prototype.getNumRedirects = zero;
  Settings.CompanionBackfillMode = names('ALWAYS ON_MASTER_AD'); Settings.VpaidMode = { DISABLED: 0, ENABLED: 1, INSECURE: 2 };
  Settings.prototype.VpaidMode = Settings.VpaidMode;

  var Container = function (element) {
    if (element instanceof Element) { element.appendChild(document.createElement('div')); }
  };
  give(Container.prototype, 'destroy initialize', nothing);
  var Request = function () {};
  give(Request.prototype, 'setAdWillAutoPlay setAdWillPlayMuted setContinuousPlayback', nothing);
  var Rendering = function () {};

  window.google = window.google || {};
  window.google.ima = {
    VERSION: '3.453.0', settings: new Settings(), AdDisplayContainer: Container, AdError: AdError, AdErrorEvent: AdErrorEvent,
    AdEvent: Event, AdsLoader: Loader, AdsManager: Manager, AdsManagerLoadedEvent: LoadedEvent, AdsRenderingSettings: Rendering,
    AdsRequest: Request, Ad: Ad, ImaSdkSettings: Settings, CompanionAdSelectionSettings: function () {},
    ViewMode: { FULLSCREEN: 'fullscreen', NORMAL: 'normal' }, UiElements: { AD_ATTRIBUTION: 'adAttribution', COUNTDOWN: 'countdown' },
    OmidAccessMode: { DOMAIN: 'domain', FULL: 'full', LIMITED: 'limited' }, OmidVerificationVendor: {}, dai: { api: {} },
    secureSignals: { clearAllCache: nothing }
  };
  window.google.ima.CompanionAdSelectionSettings.CreativeType = { ALL: 'All', FLASH: 'Flash', IMAGE: 'Image' };
  window.google.ima.CompanionAdSelectionSettings.ResourceType = { ALL: 'All', HTML: 'Html', IFRAME: 'IFrame', STATIC: 'Static' };
  window.google.ima.CompanionAdSelectionSettings.SizeCriteria = { IGNORE: 'IgnoreSize', SELECT_EXACT_MATCH: 'SelectExactMatch' };
})();
