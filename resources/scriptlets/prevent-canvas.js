// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-canvas
// Uses: pattern property
// Canvases have no context of the kind.
text => {
  const wanted = patternOf(text, true);
  for (const owner of ['HTMLCanvasElement', 'OffscreenCanvas'])
    wrapFunction(owner + '.prototype.getContext', (target, self, args) => wanted.test(args[0]) ? null : apply(target, self, args));
}
