// SPDX-License-Identifier: GPL-3.0-or-later
// Names: prevent-fetch no-fetch-if
// Trusted: trusted-prevent-fetch
// Named.
// Uses: request value
// Answers in place of the network: with nothing, or with what is asked for.
(called, text, directive = '', type = '') => {
  if (!text) return;
  const isMeant = requestTest(text === '*' ? '' : text);
  const told = type.startsWith('{') ? quietly(parseJSON, type) || {} : type ? {type} : {};
  wrapFunction('fetch', (target, self, args) => {
    const facts = quietly(fetchFacts, args);
    if (!facts || !isMeant(facts)) return apply(target, self, args);
    const body = called === 'prevent-fetch' ? bodyOf(directive) : directive;
    const isOpaque = told.type === 'opaque';
    const response = new Response(isOpaque ? '' : body, {statusText: 'OK', headers: {'Content-Length': String(body.length)}});
    likeResponse(response, assign({url: facts.url[0], type: 'basic'}, isOpaque ? {status: 0, ok: false, url: ''} : {}, told));
    return Promise.resolve(response);
  });
}
