/* SPDX-License-Identifier: GPL-3.0-or-later */
window._gaq = window._gaq || { push: function () {} };
