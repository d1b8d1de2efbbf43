// SPDX-License-Identifier: GPL-3.0-or-later
// Names: procedural
// Uses: pattern
// Stand-in until its turn comes.
rules => {}
