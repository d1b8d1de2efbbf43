// SPDX-License-Identifier: GPL-3.0-or-later
// Uses: pattern
// Paths into JSON with conditions: ".a..b.*[?.c=="d"]", at the end perhaps "=value", or "+=value" to add.
const pathReader = text => {
  let at = 0;
  const take = re => {
    re.lastIndex = at;
    const found = re.exec(text);
    if (found) at = re.lastIndex;
    return found;
  };
  const literal = () => {
    const found = take(/\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|true|false|null)\s*/y);
    if (!found) throw new SyntaxError(text);
    return found[1][0] === "'" ? found[1].slice(1, -1) : parseJSON(found[1]);
  };
  const condition = () => {
    const isNegated = take(/\s*!/y) !== null;
    const steps = path();
    const operator = take(/\s*(==|!=|<=|>=|\^=|\$=|\*=|<|>)/y);
    const value = operator ? literal() : undefined;
    if (!take(/\s*\]/y)) throw new SyntaxError(text);
    return {steps, operator: operator ? operator[1] : '', value, isNegated};
  };
  const names = () => {
    const list = [];
    do list.push(literal()); while (take(/\s*,/y));
    if (!take(/\s*\]/y)) throw new SyntaxError(text);
    return list;
  };
  const path = () => {
    const steps = [];
    take(/\s*[$@]/y);
    for (;;) {
      const dots = take(/\.\.?/y), isDeep = dots !== null && dots[0] === '..';
      if (take(/\[\s*\?/y)) steps.push({isDeep, condition: condition()});
      else if (take(/\[\s*\*\s*\]/y) || dots && take(/\*/y)) steps.push({isDeep, isAny: true});
      else if (take(/\[/y)) steps.push({isDeep, names: names()});
      else {
        const name = dots && take(/[^.[\]=!<>^$*+\s]+/y);
        if (!name) {
          if (isDeep) throw new SyntaxError(text);
          return steps;
        }
        steps.push({isDeep, names: [name[0]]});
      }
    }
  };
  const steps = path();
  const setter = take(/\s*(\+?=)\s*/y);
  if (!setter && text.slice(at).trim() !== '') throw new SyntaxError(text);
  return {steps, setter: setter ? setter[1] : '', given: text.slice(at)};
};
const comparisons = {
  '==': (a, b) => a === b, '!=': (a, b) => a !== b, '<': (a, b) => a < b, '>': (a, b) => a > b, '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b, '^=': (a, b) => typeof a === 'string' && a.startsWith(b),
  '$=': (a, b) => typeof a === 'string' && a.endsWith(b), '*=': (a, b) => typeof a === 'string' && a.includes(b),
};
const meets = (value, {steps, operator, value: wanted, isNegated}) => {
  const found = findPlaces({root: value}, [['root']], steps);
  const isMet = found.some(place => {
    const it = valueAt({root: value}, place);
    return operator === '' ? it !== undefined : comparisons[operator](it, wanted);
  });
  return isMet !== isNegated;
};
const valueAt = (root, place) => place.reduce((at, name) => isObject(at) ? at[name] : undefined, root);
const below = (root, place) => {
  const all = [place], value = valueAt(root, place);
  if (isObject(value)) for (const name of keys(value)) all.push(...below(root, [...place, name]));
  return all;
};
const findPlaces = (root, places, steps) => {
  for (const step of steps) {
    const next = [];
    for (const start of places)
      for (const place of step.isDeep ? below(root, start) : [start]) {
        const value = valueAt(root, place);
        if (step.condition) { if (meets(value, step.condition)) next.push(place); }
        else if (isObject(value))
          for (const name of step.isAny ? keys(value) : step.names) {
            const member = typeof name === 'number' && name < 0 ? value.length + name : name;
            if (Object.hasOwn(value, member)) next.push([...place, String(member)]);
          }
      }
    places = next;
  }
  return places;
};
// What may be absent is set all the same, when only its last name is missing.
const placesToSet = (root, steps) => {
  const last = steps[steps.length - 1];
  if (!last || last.isDeep || last.condition || last.isAny) return findPlaces(root, [['root']], steps);
  const owners = findPlaces(root, [['root']], steps.slice(0, -1)).filter(place => isObject(valueAt(root, place)));
  return owners.flatMap(place => last.names.map(name => [...place, String(name)]));
};
const changeAt = (root, place, setter, given) => {
  const owner = valueAt(root, place.slice(0, -1)), name = place[place.length - 1], before = owner[name];
  if (given.isReplacement) {
    if (typeof before === 'string') owner[name] = before.replace(given.re, given.by);
  } else if (setter === '=') owner[name] = given.value;
  else if (Array.isArray(before)) before.push(given.value);
  else if (isObject(before)) assign(before, given.value);
  else if (before !== undefined) owner[name] = before + given.value;
};
const givenOf = text => {
  const told = /^repl\((.*)\)$/s.exec(text.trim());
  if (!told) return {value: parseJSON(text)};
  const {pattern, regex, replacement = '', flags = ''} = parseJSON(told[1]);
  return {isReplacement: true, re: new RegExp(regex || escapeText(pattern), flags), by: replacement};
};
// value => {value, isChanged}; only lists that may rewrite can set.
const jsonEditor = (text, maySet) => {
  const {steps, setter, given} = pathReader(text.trim());
  if (setter && !maySet) throw new SyntaxError(text);
  const told = setter ? givenOf(given) : null;
  return value => {
    if (!isObject(value)) return {value, isChanged: false};
    const root = {root: value};
    const places = setter ? placesToSet(root, steps) : findPlaces(root, [['root']], steps);
    for (const place of places.reverse()) {
      if (setter) { changeAt(root, place, setter, told); continue; }
      const owner = valueAt(root, place.slice(0, -1)), name = place[place.length - 1];
      if (!isObject(owner)) continue;
      if (Array.isArray(owner)) owner.splice(name, 1); else delete owner[name];
    }
    return {value: root.root, isChanged: places.length > 0};
  };
};
