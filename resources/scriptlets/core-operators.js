// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern
// Selectors with operators that no style sheet knows: read into chains of steps, and the elements they find.
const textual = new Set(['-abp-contains', '-abp-properties', 'contains', 'has-text', 'matches-attr', 'matches-css', 'matches-css-after', 'matches-css-before',
  'matches-media', 'matches-path', 'matches-prop', 'matches-property', 'min-text-length', 'nth-ancestor', 'others', 'remove', 'remove-attr',
  'remove-class', 'shadow', 'style', 'upward', 'watch-attr', 'xpath']);
const nested = new Set(['-abp-has', 'has', 'if', 'if-not', 'is', 'not', 'where', 'matches']);
const isProcedural = text => [...text.matchAll(/:(-?[a-z-]+)\(/g)].some(([, name]) => textual.has(name) || /^(?:-abp-has|if|if-not)$/.test(name));
// A style sheet knows no ":has()" within another.
const isNestedHas = (name, arg) => /^(?:-abp-has|has|if|if-not)$/.test(name) && /:(?:-abp-has|has|if|if-not)\(/.test(arg);
// One past what closes the quote or bracket at @at.
const literalEnd = (text, at) => {
  const open = text[at];
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (open !== '[' && text[i] === open || open === '[' && text[i] === ']') return i + 1;
    else if (open === '[' && /["']/.test(text[i])) i = literalEnd(text, i) - 1;
  }
  throw new SyntaxError(text);
};
// Where the bracket closes that opens before @at.
const closingAt = (text, at, isText) => {
  let depth = 1;
  for (let i = at; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (!isText && /["'[]/.test(text[i])) i = literalEnd(text, i) - 1;
    else if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i;
  }
  throw new SyntaxError(text);
};
const readChains = text => {
  const chains = [];
  let steps = [], css = '';
  const flush = () => {
    if (css.trim() !== '') steps.push({css: /[\s>+~]$/.test(css) && steps.length + css.trim().length > 0 ? css + '*' : css});
    css = '';
  };
  const end = () => {
    css = css.trimEnd();
    flush();
    if (steps.length === 0) throw new SyntaxError(text);
    chains.push(steps);
    steps = [];
  };
  for (let i = 0; i < text.length;) {
    const found = text[i] === ':' ? /^:(-?[a-z-]+)\(/.exec(text.slice(i, i + 40)) : null;
    if (found) {
      const name = found[1], start = i + found[0].length, close = closingAt(text, start, textual.has(name) && name !== 'upward' && name !== 'shadow');
      const arg = text.slice(start, close).trim();
      if (textual.has(name)) { flush(); steps.push({name, arg}); }
      else if (nested.has(name) && (isProcedural(arg) || isNestedHas(name, arg))) { flush(); steps.push({name, chains: readChains(arg)}); }
      else if (name === 'if-not') css += ':not(:has(' + arg + '))';
      else css += ':' + (name === '-abp-has' || name === 'if' ? 'has' : name) + '(' + arg + ')';
      i = close + 1;
    } else if (text[i] === ',') { end(); i++; }
    else {
      const next = text[i] === '\\' ? i + 2 : /["'[]/.test(text[i]) ? literalEnd(text, i) : i + 1;
      css += text.slice(i, next);
      i = next;
    }
  }
  end();
  return chains;
};
const bare = text => /^(["']).*\1$/s.test(text) ? text.slice(1, -1) : text;
// A whole value: an expression, or text with "*" for anything.
const wholeOf = text => {
  const plain = bare(text.trim());
  if (isExpression(plain)) return expressionOf(plain);
  return new RegExp('^' + plain.split('*').map(escapeText).join('.*') + '$', 's');
};
// 'name="value"', both perhaps expressions.
const pairOf = text => {
  const found = /^("(?:[^"\\]|\\.)*"|'[^']*'|\/(?:[^/\\]|\\.)+\/[gimsu]*|[^=]+?)(?:\s*=\s*(.+))?$/s.exec(text.trim());
  return [bare(found[1]), found[2] === undefined ? null : wholeOf(found[2])];
};
const styleOf = getComputedStyle.bind(window), media = matchMedia.bind(window);
const isElement = node => node instanceof Element;
const textTest = arg => {
  const wanted = patternOf(bare(arg));
  return node => wanted.test(node.textContent || '');
};
const cssTest = (arg, pseudo) => {
  const told = /^(?:(before|after)\s*,\s*)?([\w-]+)\s*:\s*(.*)$/s.exec(arg);
  const wanted = wholeOf(told[3]);
  return node => {
    const value = isElement(node) ? styleOf(node, told[1] ? '::' + told[1] : pseudo).getPropertyValue(told[2]) : null;
    return value !== null && (wanted.test(value) || wanted.test(bare(value)));
  };
};
const ancestor = (node, n) => {
  while (n-- > 0 && node) node = node.parentElement;
  return node;
};
const tests = {
  'has-text': textTest, 'contains': textTest, '-abp-contains': textTest,
  'matches-css': arg => cssTest(arg), 'matches-css-before': arg => cssTest(arg, '::before'), 'matches-css-after': arg => cssTest(arg, '::after'),
  'matches-path': arg => { const wanted = patternOf(bare(arg)); return () => wanted.test(location.pathname + location.search); },
  'matches-media': arg => () => media(arg).matches,
  'matches-attr': arg => {
    const [name, value] = pairOf(arg), wanted = wholeOf(name);
    return node => isElement(node) && node.getAttributeNames().some(it => wanted.test(it) && (!value || value.test(node.getAttribute(it))));
  },
  'matches-prop': arg => {
    const [path, value] = pairOf(arg);
    return node => {
      const it = path.split('.').reduce((at, name) => at === undefined || at === null ? undefined : at[name], node);
      return value ? value.test(String(it)) : it !== undefined;
    };
  },
  'min-text-length': arg => node => (node.textContent || '').length >= Number(arg),
  'watch-attr': () => () => true,
};
tests['matches-property'] = tests['matches-prop'];
const moves = {
  'upward': arg => /^\d+$/.test(arg) ? nodes => nodes.map(node => ancestor(node, +arg))
    : nodes => nodes.map(node => node.parentElement && node.parentElement.closest(arg)),
  'nth-ancestor': arg => nodes => nodes.map(node => ancestor(node, +arg)),
  'xpath': arg => nodes => nodes.flatMap(node => {
    const found = document.evaluate(bare(arg), node, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
    return Array.from({length: found.snapshotLength}, (_, i) => found.snapshotItem(i)).filter(isElement);
  }),
  // What a rule of the page's style sheets is about that says so.
  '-abp-properties': arg => {
    const wanted = wholeOf('*' + bare(arg) + '*');
    return nodes => {
      const rules = [...document.styleSheets].flatMap(sheet => [...quietly(() => sheet.cssRules) || []]);
      const found = rules.filter(rule => rule.style && rule.selectorText && wanted.test(rule.style.cssText)).map(rule => rule.selectorText);
      return nodes.filter(node => isElement(node) && found.some(css => node.matches(css)));
    };
  },
  'shadow': arg => nodes => nodes.flatMap(node => node.shadowRoot ? [...node.shadowRoot.querySelectorAll(arg)] : []),
  // All that is neither above nor below, nor any of them.
  'others': () => nodes => {
    const kept = new Set(), found = [];
    for (const node of nodes) for (let at = node; at; at = at.parentElement) kept.add(at);
    for (const node of kept) {
      if (nodes.includes(node) && !nodes.some(it => it !== node && node.contains(it)) || node === document.documentElement) continue;
      found.push(...[...node.children].filter(it => !kept.has(it) && !/^(?:script|style|link|head|meta|title)$/i.test(it.tagName)
        && !nodes.some(target => target.contains(it))));
    }
    return found;
  },
};
// What a selector that goes on from an element finds.
const relate = (node, css) => {
  const lead = css.trimStart()[0];
  if (!isElement(node)) return [...node.querySelectorAll(/[>+~]/.test(lead) ? ':root ' + css : css)];
  if (lead === '+' || lead === '~') {
    const parent = node.parentElement;
    if (!parent) return [];
    return [...parent.querySelectorAll(':scope > :nth-child(' + ([...parent.children].indexOf(node) + 1) + ')' + css)];
  }
  const found = [...node.querySelectorAll(':scope' + css)];
  return !/^[\s>]/.test(css) && quietly(() => node.matches('*' + css)) ? [node, ...found] : found;
};
const prepare = steps => {
  for (const step of steps) {
    if (step.chains) step.chains.forEach(prepare);
    else if (tests[step.name]) step.test = tests[step.name](step.arg);
    else if (moves[step.name]) step.move = moves[step.name](step.arg);
    else if (step.name !== undefined) throw new SyntaxError(step.name);
  }
  return steps;
};
const isInside = (node, steps) => {
  const first = steps[0];
  if (first.css === undefined) return walk(steps, [node]).length > 0;
  const css = first.css.trimStart();
  return walk(steps.slice(1), /^[>+~]/.test(css) ? relate(node, css) : relate(node, ' ' + css)).length > 0;
};
const isSelf = (node, steps) => {
  const first = steps[0];
  if (first.css === undefined) return walk(steps, [node]).length > 0;
  return !/^\s*[>+~]/.test(first.css) && isElement(node) && node.matches(first.css) && walk(steps.slice(1), [node]).length > 0;
};
const take = (step, nodes) => {
  if (step.css !== undefined) return nodes.flatMap(node => relate(node, step.css));
  if (step.test) return nodes.filter(step.test);
  if (step.move) return step.move(nodes);
  const inside = node => step.chains.some(chain => isInside(node, chain)), self = node => step.chains.some(chain => isSelf(node, chain));
  switch (step.name) {
    case 'is': case 'where': case 'matches': return nodes.filter(self);
    case 'not': case 'if-not': return nodes.filter(node => !self(node) && !inside(node));
    default: return nodes.filter(inside);
  }
};
const walk = (steps, nodes) => {
  for (const step of steps) {
    if (nodes.length === 0) return nodes;
    nodes = [...new Set(take(step, nodes))].filter(Boolean);
  }
  return nodes;
};
const findElements = steps => {
  const first = steps[0];
  if (first.css !== undefined) return walk(steps.slice(1), [...document.querySelectorAll(first.css)]);
  const isOfDocument = /^(?:xpath|matches-path|matches-media|others)$/.test(first.name);
  return walk(steps, isOfDocument ? [document] : [...document.querySelectorAll('*')]).filter(isElement);
};
