// SPDX-License-Identifier: GPL-3.0-or-later
// Patterns as lists have them: "/expression/flags", or text that must occur; nothing matches everything.
const escapeText = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const testExpression = RegExp.prototype.test, replaceText = String.prototype.replace;
// What is between slashes may also be a path: then letters follow that are no flags, or it is no expression.
const isExpression = text => /^\/.+\/[gimsu]*$/s.test(text);
const expressionOf = (text = '', flags = '') => {
  const slashes = /^\/(.+)\/([gimsu]*)$/s.exec(text);
  return slashes && quietly(() => new RegExp(slashes[1], [...new Set(slashes[2] + flags)].join('')))
    || new RegExp(escapeText(text), flags);
};
// With "!" before it, what does not match.
const patternOf = (text = '', mayNegate = false) => {
  const isNegated = mayNegate && text.startsWith('!');
  const wanted = isNegated ? text.slice(1) : text;
  const re = wanted === '' || wanted === '*' ? null : expressionOf(wanted);
  return {
    re, isNegated, isAny: re === null,
    test(value) {
      if (re === null) return !isNegated;
      re.lastIndex = 0;
      return apply(testExpression, re, [String(value)]) !== isNegated;
    },
  };
};
// "a|b" where both are names.
const words = (text = '', separator = /\s+/) => text.split(separator).map(word => word.trim()).filter(word => word !== '');
// "name, value, name, value" behind the arguments that have a place.
const optionsOf = rest => {
  const options = {};
  for (let i = 0; i + 1 < rest.length; i += 2) options[rest[i].trim()] = rest[i + 1];
  return options;
};
