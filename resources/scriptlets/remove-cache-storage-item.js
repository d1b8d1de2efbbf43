// SPDX-License-Identifier: GPL-3.0-or-later
// Names: remove-cache-storage-item
// Uses: pattern
// Removes what scripts have put by for later: a whole cache, or the requests in it that match.
(name, request) => {
  if (!name || !window.caches) return;
  const wanted = patternOf(name), meant = patternOf(request);
  caches.keys().then(all => all.filter(key => wanted.test(key)).forEach(key => {
    if (!request) return void caches.delete(key);
    caches.open(key).then(cache => cache.keys().then(items => items.filter(item => meant.test(item.url)).forEach(item => cache.delete(item))));
  }));
}
