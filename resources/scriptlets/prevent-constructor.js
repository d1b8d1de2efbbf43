// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-constructor
// Uses: pattern property
// Makes nothing where the first argument matches.
(name, text) => {
  if (!name) return;
  const wanted = patternOf(text, true);
  const describe = value => typeof value === 'function' ? apply(printFunction, value, []) : isObject(value) ? quietly(printJSON, value) || '' : String(value);
  wrapFunction(name, (target, self, args) => apply(target, self, args), (target, args, made) => {
    if (!wanted.test(describe(args[0]))) return construct(target, args, made);
    const nothing = new Proxy(function () {}, {get: (it, key) => key === Symbol.toPrimitive ? () => '' : () => undefined});
    return nothing;
  });
}
