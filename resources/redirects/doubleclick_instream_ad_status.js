/* SPDX-License-Identifier: GPL-3.0-or-later */
window.google_ad_status = 1;
