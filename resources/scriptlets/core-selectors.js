// SPDX-License-Identifier: GPL-3.0-or-later
// What is apart by commas that stand in no brackets or quotes.
const splitSelectors = text => {
  const parts = [''];
  let depth = 0, quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') { parts[parts.length - 1] += c + (text[++i] || ''); continue; }
    if (quote) quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '(' || c === '[') depth++;
    else if (c === ')' || c === ']') depth--;
    if (c === ',' && depth === 0 && !quote) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.map(part => part.trim()).filter(part => part !== '');
};
