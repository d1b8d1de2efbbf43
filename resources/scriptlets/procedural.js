// SPDX-License-Identifier: GPL-3.0-or-later
// Names: procedural
// Uses: operators when
// Hides, styles or removes what selectors with operators find, now and as the page changes: at most some milliseconds at a time,
// and a selector that takes long has its turn less often.
(...texts) => {
  const mark = 'a' + Math.random().toString(36).slice(2);
  const actions = new Set(['remove', 'style', 'remove-attr', 'remove-class']);
  const clock = performance.now.bind(performance);
  const watched = new Set();
  const sheet = new CSSStyleSheet();
  const collect = chains => {
    for (const steps of chains)
      for (const step of steps) {
        if (step.chains) collect(step.chains);
        if (step.name === 'watch-attr') words(step.arg, /[\s,]+/).forEach(name => watched.add(name));
        if (step.name === 'matches-attr') quietly(() => /^[\w-]+$/.test(pairOf(step.arg)[0]) && watched.add(pairOf(step.arg)[0]));
      }
  };
  const compile = (text, i) => {
    const told = /^(.*?)\s*\{([^{}]*)\}\s*$/s.exec(text);
    const chains = readChains(told ? told[1] : text);
    let action = told ? (/^\s*remove\s*:\s*true\s*;?\s*$/.test(told[2]) ? {name: 'remove'} : {name: 'style', arg: told[2]}) : {name: 'hide'};
    for (const steps of chains) {
      const last = steps[steps.length - 1];
      if (actions.has(last.name)) action = steps.pop();
      if (steps.length === 0 || steps.some(step => actions.has(step.name))) throw new SyntaxError(text);
    }
    collect(chains);
    chains.forEach(prepare);
    const name = mark + '-' + i;
    if (action.name === 'style') {
      // An address would be asked for in the name of the page.
      if (/url\(|image-set\(|[\\{}@]/i.test(action.arg)) throw new SyntaxError(text);
      sheet.insertRule('[' + name + ']{' + action.arg + '}', 0);
    } else if (action.name === 'hide') sheet.insertRule('[' + name + ']{display:none!important}', 0);
    return {chains, action, name, shown: new Set(), seen: 0, next: 0};
  };
  const rules = texts.map((text, i) => quietly(compile, text, i)).filter(Boolean);
  if (rules.length === 0) return;
  const change = (rule, nodes) => {
    const {name, arg} = rule.action;
    if (name === 'remove') { for (const node of nodes) if (node !== document.documentElement) node.remove(); return; }
    if (name === 'remove-attr' || name === 'remove-class') {
      const wanted = wholeOf(arg);
      for (const node of nodes)
        for (const it of name === 'remove-attr' ? node.getAttributeNames() : [...node.classList])
          if (wanted.test(it)) { if (name === 'remove-attr') node.removeAttribute(it); else node.classList.remove(it); }
      return;
    }
    const shown = new Set(nodes);
    for (const node of rule.shown) if (!shown.has(node)) node.removeAttribute(rule.name);
    for (const node of shown) {
      if (!node.hasAttribute(rule.name)) node.setAttribute(rule.name, '');
      const root = node.getRootNode();
      if (root !== document) quietly(dressed, root);
    }
    rule.shown = shown;
  };
  const apply_ = rule => {
    const start = clock();
    rule.seen = turn;
    quietly(() => change(rule, rule.chains.flatMap(steps => findElements(steps))));
    const took = clock() - start;
    rule.next = took > 20 ? clock() + took * 10 : 0;
  };
  const dressed = root => {
    if (root.adoptedStyleSheets && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  // A turn is a change of the page; a rule that has not seen the last one is to be applied, when its time has come.
  let turn = 1, timer = 0, wakeAt = 0, restUntil = 0;
  const plan = time => {
    const at = clock() + time;
    if (timer !== 0 && wakeAt <= at) return;
    if (timer !== 0) stopTimer(timer);
    wakeAt = at;
    timer = setTimer(tick, time);
  };
  const tick = () => {
    timer = 0;
    quietly(dressed, document);
    const start = clock();
    for (let n = rules.length; n > 0 && clock() - start < 8; n--) {
      const rule = rules.shift();
      rules.push(rule);
      if (rule.seen !== turn && rule.next <= clock()) apply_(rule);
    }
    const end = clock(), left = rules.filter(rule => rule.seen !== turn);
    // At most a quarter of the time, but for the first of it.
    const rest = left.some(rule => rule.seen === 0) ? 1 : Math.max(17, (end - start) * 3);
    if (left.length > 0) plan(Math.max(rest, Math.min(...left.map(rule => rule.next)) - end));
    restUntil = end + rest;
  };
  const turnOver = () => {
    turn++;
    plan(Math.max(17, restUntil - clock()));
  };
  const options = {childList: true, subtree: true, characterData: true};
  if (watched.size > 0) assign(options, {attributes: true, attributeFilter: [...watched]});
  new MutationObserver(turnOver).observe(document, options);
  plan(0);
  for (const moment of ['interactive', 'complete']) whenReady(moment, turnOver);
}
