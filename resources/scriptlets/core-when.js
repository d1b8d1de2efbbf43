// SPDX-License-Identifier: GPL-3.0-or-later
// Moments in the life of a page: "interactive", "complete", "asap", or a number of milliseconds.
const whenReady = (moment, then) => {
  const stages = {loading: 1, asap: 1, interactive: 2, end: 2, idle: 3, complete: 3};
  const wanted = stages[moment] || 1;
  if (stages[document.readyState] >= wanted) return void then();
  const listen = () => {
    if (stages[document.readyState] < wanted) return;
    document.removeEventListener('readystatechange', listen, true);
    then();
  };
  document.addEventListener('readystatechange', listen, true);
};
// Calls now and after changes of the document, at most once in a frame.
const onChanges = (f, options = {childList: true, subtree: true}) => {
  let isWaiting = false;
  const observer = new MutationObserver(() => {
    if (isWaiting) return;
    isWaiting = true;
    setTimer(() => { isWaiting = false; f(); }, 17);
  });
  observer.observe(document, options);
  f();
  return observer;
};
const setTimer = setTimeout.bind(window), stopTimer = clearTimeout.bind(window);
