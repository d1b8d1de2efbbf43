// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-xhr no-xhr-if
// Trusted: trusted-prevent-xhr
// Named.
// Uses: request value
// The same for XMLHttpRequest: it is answered without being sent.
(called, text, directive = '') => {
  if (!text) return;
  const isMeant = requestTest(text === '*' ? '' : text);
  watchXhr();
  const answer = (request, facts) => {
    const body = called === 'prevent-xhr' ? bodyOf(directive) : directive;
    const type = request.responseType;
    const value = type === 'json' ? quietly(parseJSON, body) ?? null : type === 'arraybuffer' ? new TextEncoder().encode(body).buffer
      : type === 'blob' ? new Blob([body]) : type === 'document' ? new DOMParser().parseFromString(body, 'text/html') : body;
    const told = {readyState: 4, status: 200, statusText: 'OK', responseURL: facts.url[0], response: value};
    if (type === '' || type === 'text') told.responseText = body;
    if (type === '' || type === 'document') told.responseXML = type ? value : null;
    for (const [name, it] of entries(told)) defineProperty(request, name, {value: it, configurable: true});
    defineProperty(request, 'getAllResponseHeaders', {value: () => '', configurable: true});
    defineProperty(request, 'getResponseHeader', {value: () => null, configurable: true});
    request.dispatchEvent(new Event('readystatechange'));
    for (const name of ['load', 'loadend']) request.dispatchEvent(new ProgressEvent(name, {loaded: body.length}));
  };
  const answered = ['readyState', 'status', 'statusText', 'responseURL', 'response', 'responseText', 'responseXML',
    'getAllResponseHeaders', 'getResponseHeader'];
  const isSync = new WeakSet();
  wrapFunction('XMLHttpRequest.prototype.open', (target, self, args) => {
    for (const name of answered) delete self[name];
    if (args.length > 2 && !args[2]) isSync.add(self); else isSync.delete(self);
    return apply(target, self, args);
  });
  wrapFunction('XMLHttpRequest.prototype.send', (target, self, args) => {
    const facts = xhrFacts.get(self), body = bodyText(args[0]);
    if (facts && body !== undefined) facts.body = body;
    if (!facts || !isMeant(facts)) return apply(target, self, args);
    if (isSync.has(self)) answer(self, facts);
    else Promise.resolve().then(() => answer(self, facts));
    return undefined;
  });
}
