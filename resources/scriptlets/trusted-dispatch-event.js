// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-dispatch-event
// Uses: when
// An event is told to the document, to the window or to an element, once the page is there.
(name, place = 'document') => {
  if (!name) return;
  whenReady('interactive', () => {
    const target = place === 'window' ? window : place === 'document' ? document : document.querySelector(place);
    if (target) target.dispatchEvent(new Event(name, {bubbles: true, cancelable: true}));
  });
}
