// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-dialog
// Uses: property
// Dialogs that match are not shown.
selector => {
  for (const name of ['show', 'showModal'])
    wrapFunction('HTMLDialogElement.prototype.' + name, (target, self, args) =>
      !selector || quietly(() => self.matches(selector)) ? undefined : apply(target, self, args));
}
