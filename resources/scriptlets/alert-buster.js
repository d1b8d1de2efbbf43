// SPDX-License-Identifier: GPL-3.0-or-later
// Names: alert-buster
// Uses: property
// Messages that hold up the page are not shown.
() => { wrapFunction('alert', () => undefined); }
