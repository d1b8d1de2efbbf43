// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-replace-argument
// Uses: pattern property stack value
// Gives a function something else than the page does.
(path, place, text, ...rest) => {
  if (!path) return;
  const options = rest[0] === 'condition' || rest.length % 2 === 0 && rest[0] ? optionsOf(rest) : {condition: rest[0], stack: rest[1]};
  const wanted = patternOf(options.condition);
  const change = /^repl:\/(.*)\/(.*)\/([a-z]*)$/s.exec(text || '');
  const found = change ? [null] : anyValue(text || '');
  if (found.length === 0) return;
  const replaced = args => {
    const at = Number(place) < 0 ? args.length + Number(place) : Number(place);
    if (options.condition && (args.length <= at || !wanted.test(describeValue(args[at])))) return args;
    if (options.stack && !stackMatches(options.stack)) return args;
    const next = [...args];
    next[at] = change ? String(args[at]).replace(new RegExp(change[1], change[3]), change[2]) : found[0];
    return next;
  };
  const describeValue = value => typeof value === 'function' ? apply(printFunction, value, []) : isObject(value)
    ? quietly(printJSON, value) || '' : String(value);
  wrapFunction(path, (target, self, args) => apply(target, self, replaced(args)),
    (target, args, made) => construct(target, replaced(args), made));
}
