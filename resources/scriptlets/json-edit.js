// SPDX-License-Identifier: GPL-3.0-or-later
// Names: json-edit
// Names: json-edit-fetch-response
// Names: json-edit-fetch-request
// Names: json-edit-xhr-response
// Names: json-edit-xhr-request
// Names: jsonl-edit-fetch-response
// Names: jsonl-edit-xhr-response
// Trusted: trusted-json-edit
// Trusted: trusted-json-edit-fetch-response
// Trusted: trusted-json-edit-fetch-request
// Trusted: trusted-json-edit-xhr-response
// Trusted: trusted-json-edit-xhr-request
// Trusted: trusted-jsonl-edit-fetch-response
// Trusted: trusted-jsonl-edit-xhr-response
// Named.
// Uses: jsonpath request
// Takes out, or sets, what a path names: in what the page reads as JSON, in answers, in what it sends.
(called, text, ...rest) => {
  const edit = jsonEditor(text, called.startsWith('trusted-'));
  const isMeant = requestTest(optionsOf(rest).propsToMatch || (rest.length === 1 ? rest[0] : ''));
  const editText = part => {
    const value = quietly(parseJSON, part);
    const done = value === undefined ? {isChanged: false} : edit(value);
    return done.isChanged ? printJSON(done.value) : part;
  };
  // A line is a whole text of its own in "JSON lines".
  const editLines = part => called.includes('jsonl-') ? part.split('\n').map(editText).join('\n') : editText(part);
  if (called.endsWith('fetch-response')) editFetch(isMeant, editLines);
  else if (called.endsWith('xhr-response')) editXhr(isMeant, editLines);
  else if (called.endsWith('fetch-request'))
    wrapFunction('fetch', (target, self, args) => {
      const facts = quietly(fetchFacts, args);
      if (facts && isObject(args[1]) && typeof args[1].body === 'string' && isMeant(facts))
        args = [args[0], assign({}, args[1], {body: editText(args[1].body)})];
      return apply(target, self, args);
    });
  else if (called.endsWith('xhr-request')) {
    watchXhr();
    wrapFunction('XMLHttpRequest.prototype.send', (target, self, args) => {
      const facts = xhrFacts.get(self);
      return apply(target, self, facts && typeof args[0] === 'string' && isMeant(facts) ? [editText(args[0])] : args);
    });
  } else
    wrapFunction('JSON.parse', (target, self, args) => {
      const value = apply(target, self, args);
      const done = quietly(edit, value);
      return done ? done.value : value;
    });
}
