// SPDX-License-Identifier: GPL-3.0-or-later
// Values as lists write them.
const noop = () => {};
const plainValues = {
  '': () => '', 'undefined': () => undefined, 'null': () => null, 'true': () => true, 'false': () => false, 'NaN': () => NaN,
  "''": () => '', '""': () => '', 'emptyStr': () => '', 'yes': () => 'yes', 'no': () => 'no', 'on': () => 'on', 'off': () => 'off',
  'emptyArr': () => [], '[]': () => [], 'emptyObj': () => ({}), '{}': () => ({}),
  'noopFunc': () => () => {}, 'trueFunc': () => () => true, 'falseFunc': () => () => false,
  'throwFunc': () => () => { throw ''; }, 'noopCallbackFunc': () => () => () => {},
  'noopPromiseResolve': () => () => Promise.resolve(new Response()), 'noopPromiseReject': () => () => Promise.reject(),
};
// [value], or nothing when it is none that anybody may write.
const plainValue = text => {
  if (Object.hasOwn(plainValues, text)) return [plainValues[text]()];
  const number = /^-?(?:0x[0-9a-f]+|\d+(?:\.\d+)?|\.\d+)$/i.test(text) ? Number(text) : NaN;
  return Math.abs(number) <= 0x7fff ? [number] : [];
};
const now = {
  '$now$': () => String(Date.now()), '$currentDate$': () => Date(), '$currentISODate$': () => new Date().toISOString(),
};
const withNow = text => text.replace(/\$(?:now|currentDate|currentISODate)\$/g, mark => now[mark]());
// Of lists that may rewrite: also {"value": any}, "json:any" and any text.
const anyValue = text => {
  if (text.startsWith('json:')) return quietly(() => [parseJSON(text.slice(5))]) || [];
  if (/^\{.*\}$/s.test(text)) {
    const told = quietly(parseJSON, text);
    if (told && Object.hasOwn(told, 'value')) return [told.value];
    if (told) return [told];
  }
  if (/^\[.*\]$/s.test(text)) {
    const told = quietly(parseJSON, text);
    if (told) return [told];
  }
  const plain = plainValue(text);
  if (plain.length > 0) return plain;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? [Number(text)] : [withNow(text)];
};
// A text for what is told by "length:10", "true" and such; "war:" is before a text that comes whole.
const randomText = length => {
  let text = '';
  while (text.length < length) text += Math.random().toString(36).slice(2) + ' ';
  return text.slice(0, length);
};
const bodyOf = directive => {
  if (directive === 'true') return randomText(10);
  if (directive === 'emptyArr') return '[]';
  if (directive === 'emptyObj') return '{}';
  if (directive.startsWith('war:')) return directive.slice(4);
  const range = /^length:(\d+)(?:-(\d+))?$/.exec(directive);
  if (!range) return '';
  const least = +range[1], most = +(range[2] || least);
  return randomText(Math.min(least + Math.floor(Math.random() * (most - least + 1)), 500000));
};
