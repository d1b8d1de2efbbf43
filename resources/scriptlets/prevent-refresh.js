// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-refresh refresh-defuser
// Uses: when
// The page does not load another by itself after some time.
seconds => {
  const done = new WeakSet();
  const look = () => {
    const meta = document.querySelector('meta[http-equiv="refresh" i][content]');
    if (!meta || done.has(meta)) return;
    done.add(meta);
    const time = Math.max(parseFloat(seconds || meta.getAttribute('content')) || 0, 0) * 1000;
    setTimer(() => window.stop(), Math.max(time - 100, 0));
    // Chromium stops all but this.
    const told = /url\s*=\s*(.*)$/i.exec(meta.getAttribute('content'));
    const target = new URL(told ? told[1].replace(/^["']|["']$/g, '') : location.href, document.baseURI).href;
    if (window.navigation)
      navigation.addEventListener('navigate', event => {
        if (event.cancelable && !event.userInitiated && event.destination.url === target) event.preventDefault();
      });
  };
  whenReady('interactive', () => onChanges(look));
}
