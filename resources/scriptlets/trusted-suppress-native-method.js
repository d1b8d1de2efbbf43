// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-suppress-native-method
// Uses: abort pattern property stack
// A call with certain arguments ends the script, or does nothing: '"text"|1|true|{"a":1}', an empty place is for anything.
(path, signature = '', how = 'abort', stack = '') => {
  if (!path) return;
  const matcher = text => {
    const part = text.trim();
    if (part === '') return () => true;
    const quoted = /^(["'])(.*)\1$/s.exec(part);
    if (quoted) {
      const wanted = patternOf(quoted[2]);
      return value => typeof value === 'string' && wanted.test(value) || isObject(value) && wanted.test(String(value));
    }
    if (part === 'undefined') return value => value === undefined;
    if (part.startsWith('{') || part.startsWith('[')) return value => isObject(value) && quietly(printJSON, value) === printJSON(parseJSON(part));
    const value = quietly(parseJSON, part);
    return value === undefined ? it => patternOf(part).test(it) : it => Object.is(it, value);
  };
  const parts = [];
  let rest = signature;
  while (rest !== '') {
    const found = /^\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^|]*)\s*(\||$)/s.exec(rest);
    if (!found) return;
    parts.push(matcher(found[1]));
    rest = rest.slice(found[0].length);
  }
  wrapFunction(path, (target, self, args) => {
    if (!parts.every((isMeant, i) => isMeant(args[i])) || (stack && !stackMatches(stack))) return apply(target, self, args);
    if (how === 'abort') throw abortion();
    return undefined;
  });
}
