/* SPDX-License-Identifier: GPL-3.0-or-later */
window.eval = function (code) { console.warn("eval prevented"); return undefined; };
