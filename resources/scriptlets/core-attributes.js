// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern when
// Elements that lose or get something: once the page is there, at once ("asap"), at its end ("complete"), and again and again
// ("stay").
const eachElement = (selector, moment, change, attributes) => {
  const look = () => {
    for (const element of quietly(() => document.querySelectorAll(selector)) || []) quietly(change, element);
  };
  const told = moment || '';
  const start = () => {
    if (!/stay/.test(told)) return look();
    const options = {childList: true, subtree: true};
    if (attributes.length > 0) assign(options, {attributes: true, attributeFilter: attributes});
    return void onChanges(look, options);
  };
  if (/asap/.test(told)) start();
  whenReady(/complete/.test(told) ? 'complete' : 'interactive', start);
};
