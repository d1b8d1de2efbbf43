// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern property
// "500", "!500" or "300-600".
const delayOf = (text = '') => {
  const isNegated = text.startsWith('!');
  const range = /^!?(\d+)?(?:(-)(\d+)?)?$/.exec(text.trim());
  if (!range || text === '' || text === '*') return () => true;
  const least = range[1] === undefined ? 0 : +range[1];
  const most = range[2] ? (range[3] === undefined ? Infinity : +range[3]) : least;
  return delay => (delay >= least && delay <= most) !== isNegated;
};
const codeText = value => typeof value === 'function' ? apply(printFunction, value, []) : String(value);
// Where only one of many calls is meant, both its text and its delay must match. Without any argument nothing is touched.
const preventTimer = (name, text, delay) => {
  const wanted = patternOf(text, true), isDelay = delayOf(delay);
  if (wanted.isAny && !delay) return;
  wrapFunction(name, (target, self, args) => {
    const time = args.length > 1 ? Math.floor(Number(args[1])) || 0 : 0;
    const isMeant = wanted.test(codeText(args[0])) && isDelay(time);
    return apply(target, self, isMeant ? [() => {}, ...args.slice(1)] : args);
  });
};
// Makes waits shorter, or longer: of 1000 ms if nothing else is said; 0.02 to 50 times.
const adjustTimer = (name, text, delay, factor) => {
  const wanted = patternOf(text, true);
  const isDelay = delay === '*' ? () => true : delayOf(delay || '1000');
  const speed = Number(factor);
  const boost = Number.isFinite(speed) && factor ? Math.min(Math.max(speed, 0.001), 50) : 0.05;
  wrapFunction(name, (target, self, args) => {
    const time = Math.floor(Number(args[1])) || 0;
    return apply(target, self, wanted.test(codeText(args[0])) && isDelay(time) ? [args[0], time * boost, ...args.slice(2)] : args);
  });
};
