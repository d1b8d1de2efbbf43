// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-setInterval no-setInterval-if nosiif setInterval-defuser
// Uses: timer
// Does not call again and again what holds the text.
(text, delay) => preventTimer('setInterval', text, delay)
