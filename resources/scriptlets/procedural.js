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
    return {chains, action, name, shown: new Set(), cost: 0, next: 0};
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
    for (const node of shown) if (!node.hasAttribute(rule.name)) node.setAttribute(rule.name, '');
    rule.shown = shown;
  };
  const apply_ = rule => {
    const start = clock();
    quietly(() => change(rule, rule.chains.flatMap(steps => findElements(steps))));
    const took = clock() - start;
    rule.cost = took;
    rule.next = took > 20 ? clock() + took * 10 : 0;
  };
  const dressed = () => {
    if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };
  let queue = [], isWaiting = false, isAgain = false;
  const plan = time => {
    if (isWaiting) return;
    isWaiting = true;
    setTimer(tick, time);
  };
  const tick = () => {
    isWaiting = false;
    const start = clock();
    if (queue.length === 0) { queue = [...rules]; isAgain = false; quietly(dressed); }
    const late = [];
    while (queue.length > 0 && clock() - start < 8) {
      const rule = queue.shift();
      if (rule.next > clock()) late.push(rule); else apply_(rule);
    }
    if (queue.length > 0) { queue.push(...late); return plan(17); }
    queue = late;
    if (late.length > 0) plan(Math.max(...late.map(rule => rule.next)) - clock());
    else if (isAgain) plan(34);
  };
  const options = {childList: true, subtree: true, characterData: true};
  if (watched.size > 0) assign(options, {attributes: true, attributeFilter: [...watched]});
  new MutationObserver(() => { isAgain = true; plan(17); }).observe(document, options);
  plan(0);
  whenReady('interactive', () => { isAgain = true; plan(0); });
  whenReady('complete', () => { isAgain = true; plan(0); });
}
