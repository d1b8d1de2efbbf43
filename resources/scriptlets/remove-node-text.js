// SPDX-License-Identifier: GPL-3.0-or-later
// Names: remove-node-text rmnt
// Uses: nodes
// Empties scripts, or other nodes, that hold the text.
(name, text, ...rest) => {
  if (!name) return;
  const options = optionsOf(rest), wanted = patternOf(text);
  const needed = patternOf(options.condition || options.includes), barred = options.excludes ? patternOf(options.excludes) : null;
  const parent = rest.length === 1 ? rest[0] : '';
  whenNodes(name, options.stay === '1' || options.stay === 'true', node => {
    const before = node.textContent;
    if (before === '' || !wanted.test(before) || !needed.test(before) || barred && barred.test(before)) return;
    if (parent && !(node.parentElement && node.parentElement.matches(parent))) return;
    setText(node, '');
  });
}
