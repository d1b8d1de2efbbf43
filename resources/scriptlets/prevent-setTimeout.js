// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-setTimeout no-setTimeout-if nostif setTimeout-defuser
// Uses: timer
// Does not call later what holds the text.
(text, delay) => preventTimer('setTimeout', text, delay)
