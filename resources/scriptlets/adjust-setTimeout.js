// SPDX-License-Identifier: GPL-3.0-or-later
// Names: adjust-setTimeout nano-setTimeout-booster nano-stb
// Uses: timer
// Lets a wait of the page be over sooner.
(text, delay, factor) => adjustTimer('setTimeout', text, delay, factor)
