// SPDX-License-Identifier: GPL-3.0-or-later
// Names: adjust-setInterval nano-setInterval-booster nano-sib
// Uses: timer
// Lets a countdown of the page run faster.
(text, delay, factor) => adjustTimer('setInterval', text, delay, factor)
