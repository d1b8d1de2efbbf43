// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern
// Where a call came from, without frames of ours: "stackDepth:2", then function, place and line of each.
const frameOf = line => {
  const place = /^(.*?)\(?((?:[^\s()@]+)|):(\d+):(\d+)\)?$/.exec(line.trim());
  return place && {name: place[1].replace(/^\s*at\s+/, '').replace(/@$/, '').trim(), url: place[2], row: +place[3]};
};
const firstFrame = here.split('\n').map(frameOf).find(Boolean);
const isOwnFrame = frame =>
  firstFrame !== undefined && frame.url === firstFrame.url && frame.row >= firstFrame.row && frame.row < firstFrame.row + lines;
const pageStack = () => {
  const limit = Error.stackTraceLimit;
  if (limit !== undefined && limit < 50) quietly(() => { Error.stackTraceLimit = 50; });
  const stack = String(new Error('').stack);
  if (limit !== undefined) quietly(() => { Error.stackTraceLimit = limit; });
  return stack.split('\n').map(frameOf).filter(frame => frame && !isOwnFrame(frame));
};
const documentPlace = (() => { const url = new URL(self.location.href); url.hash = ''; return url.href; })();
const stackText = () => {
  const frames = pageStack().map(({name, url, row}) => {
    const place = url === documentPlace ? 'inlineScript' : url === '' || /<anonymous>/.test(url) ? 'injectedScript' : url;
    return ' ' + name + ' ' + place + ':' + row + ':1';
  });
  return ['stackDepth:' + frames.length, ...frames].join('\t');
};
// Nothing asked for matches. What the answer itself calls is no call of the page's.
let isAsking = false;
const stackMatches = text => {
  if (text === undefined || text === '') return true;
  if (isAsking) return false;
  isAsking = true;
  try { return patternOf(text, true).test(stackText()); } finally { isAsking = false; }
};
