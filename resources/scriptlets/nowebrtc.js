// SPDX-License-Identifier: GPL-3.0-or-later
// Names: nowebrtc
// Uses: property
// No connections besides the browser's own: what would make them does nothing.
() => {
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) {
    if (typeof window[name] !== 'function') continue;
    const nothing = function () {};
    const names = ['addEventListener', 'removeEventListener', 'close', 'addTrack', 'addTransceiver', 'getSenders', 'getReceivers', 'getStats'];
    for (const method of names) nothing.prototype[method] = () => undefined;
    for (const method of ['createOffer', 'createAnswer', 'setLocalDescription', 'setRemoteDescription', 'addIceCandidate'])
      nothing.prototype[method] = () => Promise.resolve({type: 'offer', sdp: ''});
    nothing.prototype.createDataChannel = () => ({addEventListener() {}, close() {}, send() {}});
    replaceProperty(window, name, disguise(nothing, window[name]));
  }
}
