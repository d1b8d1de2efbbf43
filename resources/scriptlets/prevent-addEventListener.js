// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-addEventListener addEventListener-defuser aeld
// Uses: pattern property
// Does not let the page listen to the event, where the code that would is meant; "elements" says to what.
(type, code, ...rest) => {
  const options = optionsOf(rest);
  const wantedType = patternOf(type, true), wantedCode = patternOf(code, true);
  if (wantedType.isAny && wantedCode.isAny && !options.elements) return;
  const isMeantPlace = target => {
    const place = options.elements;
    if (!place) return true;
    if (place === 'window') return target === window || target === undefined;
    if (place === 'document') return target === document;
    return target instanceof Element && target.matches(place);
  };
  const codeOf = listener => typeof listener === 'function' ? apply(printFunction, listener, [])
    : isObject(listener) && typeof listener.handleEvent === 'function' ? apply(printFunction, listener.handleEvent, []) : String(listener);
  const check = (target, self, args) => {
    const isMeant = args.length > 1 && args[1] !== null && wantedType.test(args[0]) && isMeantPlace(self) && wantedCode.test(codeOf(args[1]));
    return isMeant ? undefined : apply(target, self, args);
  };
  wrapFunction('EventTarget.prototype.addEventListener', check);
  // Where these have one of their own, for the sake of speed or of the page.
  for (const owner of ['window', 'document'])
    if (Object.hasOwn(window[owner], 'addEventListener')) wrapFunction(owner + '.addEventListener', check);
}
