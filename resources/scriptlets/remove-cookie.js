// SPDX-License-Identifier: GPL-3.0-or-later
// Names: remove-cookie cookie-remover
// Uses: pattern when
// Removes cookies whose names match: at once, when the page is there, when it is left, and at events ("when", "scroll keydown").
(text, ...rest) => {
  const wanted = patternOf(text), options = optionsOf(rest);
  const remove = () => {
    for (const part of document.cookie.split(/;\s*/)) {
      const name = part.split('=')[0].trim();
      if (part === '' || !wanted.test(name)) continue;
      const names = location.hostname.split('.');
      const domains = ['', ...names.flatMap((_, i) => [names.slice(i).join('.'), '.' + names.slice(i).join('.')])];
      for (const path of ['', '/', location.pathname])
        for (const domain of domains)
          document.cookie = name + '=; expires=Thu, 01 Jan 1970 00:00:00 GMT' + (path ? '; path=' + path : '')
            + (domain ? '; domain=' + domain : '');
    }
  };
  remove();
  whenReady('interactive', remove);
  addEventListener('beforeunload', remove);
  let last = 0;
  for (const event of words(options.when))
    document.addEventListener(event, () => {
      if (Date.now() - last < 100) return;
      last = Date.now();
      remove();
    }, {passive: true, capture: true});
}
