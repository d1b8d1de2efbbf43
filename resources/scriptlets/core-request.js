// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern property
// Requests of the page: which are meant, what is answered, what an answer is changed to.
const requestFields = 'url|method|body|mode|credentials|cache|redirect|referrer|referrerPolicy|integrity|keepalive|signal|headers';
// "text", or "url:text method:/POST/"; nothing, or "*", is all of them.
const requestTest = (text = '') => {
  const parts = text.trim().split(new RegExp('\\s+(?=(?:' + requestFields + '):)')).filter(part => part !== '');
  const named = new RegExp('^(' + requestFields + '):(.*)$', 's');
  const wanted = parts.map(part => {
    const [, field, pattern] = named.exec(part) || [null, 'url', part];
    return [field, patternOf(pattern, true)];
  });
  return facts => wanted.every(([field, pattern]) => {
    const values = facts[field] === undefined ? [] : [].concat(facts[field]);
    return pattern.isNegated ? values.every(value => pattern.test(value)) : values.some(value => pattern.test(value));
  });
};
const absolute = url => quietly(() => new URL(url, document.baseURI).href) || String(url);
const bodyText = body => typeof body === 'string' ? body : body instanceof URLSearchParams ? String(body)
  : body instanceof FormData ? printJSON([...body]) : undefined;
const nativeRequest = window.Request;
const fetchFacts = ([input, init]) => {
  const facts = {};
  if (input instanceof nativeRequest)
    for (const field of requestFields.split('|')) if (typeof input[field] === 'string') facts[field] = input[field];
  if (isObject(init)) for (const field of keys(init)) if (field !== 'body') facts[field] = String(init[field]);
  const raw = input instanceof nativeRequest ? input.url : String(input);
  facts.url = [absolute(raw), raw];
  facts.method = (facts.method || 'GET').toUpperCase();
  facts.method = [facts.method, facts.method.toLowerCase()];
  const body = isObject(init) ? bodyText(init.body) : undefined;
  if (body !== undefined) facts.body = body;
  return facts;
};
// What an answer says about itself besides its body.
const likeResponse = (response, facts) => {
  for (const [name, value] of entries(facts)) defineProperty(response, name, {value, configurable: true});
  return response;
};
// edit(text, facts) gives another text, or undefined.
const editFetch = (isMeant, edit) => wrapFunction('fetch', (target, self, args) => {
  const answer = apply(target, self, args);
  const facts = quietly(fetchFacts, args);
  if (!facts || !isMeant(facts)) return answer;
  return answer.then(response => {
    // One that is read piece by piece for ever is not held up.
    if (!response.body || /event-stream/.test(response.headers.get('content-type'))) return response;
    return response.clone().text().then(text => {
      const next = edit(text, facts);
      if (typeof next !== 'string' || next === text) return response;
      const {status, statusText, headers, ok, redirected, type, url} = response;
      return likeResponse(new Response(next, {status, statusText, headers}), {ok, redirected, type, url});
    }).catch(() => response);
  });
});
const xhrFacts = new WeakMap();
let isXhrWatched = false;
const watchXhr = () => {
  if (isXhrWatched) return;
  isXhrWatched = true;
  wrapFunction('XMLHttpRequest.prototype.open', (target, self, args) => {
    const method = String(args[0]).toUpperCase();
    xhrFacts.set(self, {method: [method, method.toLowerCase()], url: [absolute(args[1]), String(args[1])]});
    return apply(target, self, args);
  });
  wrapFunction('XMLHttpRequest.prototype.send', (target, self, args) => {
    const facts = xhrFacts.get(self), body = bodyText(args[0]);
    if (facts && body !== undefined) facts.body = body;
    return apply(target, self, args);
  });
};
// The same of what comes by XMLHttpRequest, of whatever type.
const editValue = (value, edit) => {
  if (typeof value === 'string') return edit(value);
  if (value instanceof ArrayBuffer) {
    const next = edit(new TextDecoder().decode(value));
    return typeof next === 'string' ? new TextEncoder().encode(next).buffer : undefined;
  }
  if (value instanceof Document) {
    const next = edit(new XMLSerializer().serializeToString(value));
    return typeof next === 'string' ? new DOMParser().parseFromString(next, 'text/xml') : undefined;
  }
  if (value instanceof Blob || value === null || typeof value !== 'object') return undefined;
  const next = edit(printJSON(value));
  return typeof next === 'string' ? quietly(parseJSON, next) : undefined;
};
const editXhr = (isMeant, edit) => {
  watchXhr();
  for (const name of ['response', 'responseText', 'responseXML']) {
    const before = getOwnPropertyDescriptor(XMLHttpRequest.prototype, name);
    const done = new WeakMap();
    const get = function () {
      const value = apply(before.get, this, []), facts = xhrFacts.get(this);
      if (!facts || this.readyState !== 4 || !isMeant(facts)) return value;
      const last = done.get(this);
      if (last && last.value === value) return last.next;
      const edited = quietly(editValue, value, text => edit(text, facts));
      const next = edited === undefined ? value : edited;
      done.set(this, {value, next});
      return next;
    };
    defineProperty(XMLHttpRequest.prototype, name, assign({}, before, {get: disguise(get, before.get)}));
  }
};
