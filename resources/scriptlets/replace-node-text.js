// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-replace-node-text trusted-rpnt replace-node-text rpnt
// Uses: nodes value
// Changes the text of scripts, or of other nodes.
(name, ...rest) => {
  if (!name) return;
  // AdGuard says first what must be in it.
  const isOther = rest.length === 3;
  const needle = isOther ? patternOf(rest.shift()) : patternOf();
  const [text, by = ''] = rest;
  const options = isOther ? {} : optionsOf(rest.slice(2));
  const wanted = patternOf(text), needed = patternOf(options.condition || options.includes);
  const barred = options.excludes ? patternOf(options.excludes) : null;
  let left = Number(options.sedCount) || Infinity;
  whenNodes(name, options.stay === '1' || options.stay === 'true', node => {
    const before = node.textContent;
    if (left === 0 || !needle.test(before) || !needed.test(before) || !wanted.test(before) || barred && barred.test(before)) return;
    const after = wanted.re ? apply(replaceText, before, [wanted.re, withNow(by)]) : withNow(by);
    setText(node, after);
    left--;
  });
}
