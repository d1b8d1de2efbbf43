// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-replace-outbound-text
// Uses: pattern property stack
// Changes the text that a function gives.
(path, text, by = '', ...rest) => {
  if (!path) return;
  const options = optionsOf(rest), wanted = patternOf(options.condition), re = expressionOf(text);
  const isCoded = options.encoding === 'base64';
  const decode = atob, encode = btoa;
  wrapFunction(path, (target, self, args) => {
    const given = apply(target, self, args);
    if (typeof given !== 'string') return given;
    const plain = isCoded ? quietly(decode, given) : given;
    if (plain === undefined || !wanted.test(plain) || (options.stack && !stackMatches(options.stack))) return given;
    const next = apply(replaceText, plain, [re, by]);
    return isCoded ? encode(next) : next;
  });
}
