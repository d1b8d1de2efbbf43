/* SPDX-License-Identifier: GPL-3.0-or-later */
window.canRunAds = true;
window.isAdBlockActive = false;
