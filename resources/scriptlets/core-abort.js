// SPDX-License-Identifier: GPL-3.0-or-later
// An error that ends a script of the page and is seen by nobody.
const secret = Math.random().toString(36).slice(2) + Math.random().toString(36).slice(2);
const abortion = () => new ReferenceError(secret);
addEventListener('error', event => {
  if (typeof event.message !== 'string' || !event.message.includes(secret)) return;
  event.stopImmediatePropagation();
  event.preventDefault();
}, true);
addEventListener('unhandledrejection', event => {
  if (!quietly(() => String(event.reason.message).includes(secret))) return;
  event.stopImmediatePropagation();
  event.preventDefault();
}, true);
