// SPDX-License-Identifier: GPL-3.0-or-later
// Names: webrtc-if
// Uses: abort pattern property
// Connections only to servers that match.
text => {
  const wanted = patternOf(text);
  const isBad = args => isObject(args[0]) && [].concat(args[0].iceServers || []).some(server =>
    [].concat(server.urls || server.url || []).some(url => !wanted.test(url)));
  wrapFunction('RTCPeerConnection', (target, self, args) => apply(target, self, args), (target, args, made) => {
    if (isBad(args)) throw abortion();
    return construct(target, args, made);
  });
}
