// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-navigation
// Uses: pattern
// The page does not lead elsewhere by itself; what the user clicks on does.
text => {
  if (!text || !window.navigation) return;
  const wanted = text === 'location.href' ? patternOf(location.href) : patternOf(text, true);
  navigation.addEventListener('navigate', event => {
    if (!event.userInitiated && event.cancelable && wanted.test(event.destination.url)) event.preventDefault();
  });
}
