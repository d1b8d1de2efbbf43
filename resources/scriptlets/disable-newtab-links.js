// SPDX-License-Identifier: GPL-3.0-or-later
// Names: disable-newtab-links
// A click on a link to another tab does nothing.
() => {
  document.addEventListener('click', event => {
    const link = event.target instanceof Element ? event.target.closest('a[target="_blank"]') : null;
    if (link) event.preventDefault();
  }, true);
}
