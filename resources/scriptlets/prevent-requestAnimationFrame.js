// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-requestAnimationFrame no-requestAnimationFrame-if norafif
// Uses: timer
// Does not call in the next frame what holds the text.
text => {
  const wanted = patternOf(text, true);
  wrapFunction('requestAnimationFrame', (target, self, args) =>
    apply(target, self, wanted.test(codeText(args[0])) ? [() => {}] : args));
}
