// SPDX-License-Identifier: GPL-3.0-or-later
// Trusted: trusted-replace-fetch-response trusted-rpfr
// Trusted: trusted-replace-xhr-response
// Named.
// Uses: request
// Changes the text of answers.
(called, text, by = '', url, ...rest) => {
  if (!text) return;
  const re = text === '*' ? /^[^]*$/ : expressionOf(text);
  const options = optionsOf(rest), needed = patternOf(options.includes || options.condition);
  const edit = called === 'trusted-replace-xhr-response' ? editXhr : editFetch;
  edit(requestTest(url === '*' ? '' : url), body => needed.test(body) ? apply(replaceText, body, [re, by]) : undefined);
}
