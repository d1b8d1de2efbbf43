// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-eval-if noeval-if
// Uses: pattern property
// Does not run text that holds the text.
text => {
  const wanted = patternOf(text, true);
  if (wanted.isAny) return;
  // A call of another function than the browser's own has no names of its caller: nothing of ours is in between then.
  const native = window.eval;
  const guard = code => wanted.test(code) ? undefined : native(code);
  replaceProperty(window, 'eval', disguise(guard, native));
}
