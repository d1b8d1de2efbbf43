// SPDX-License-Identifier: GPL-3.0-or-later
// Names: window.name-defuser window-name-defuser
// What another site has left in the window's name is gone.
() => { if (window === window.top) window.name = ''; }
