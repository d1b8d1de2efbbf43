// SPDX-License-Identifier: GPL-3.0-or-later
// What runs the others: an error in one is no error of the next, and none of the page. The closure
// says in which lines of the page it is: here, and how many.
const {apply, construct} = Reflect;
const {defineProperty, getOwnPropertyDescriptor, getPrototypeOf, assign, keys, entries} = Object;
const parseJSON = JSON.parse.bind(JSON), printJSON = JSON.stringify.bind(JSON);
const isObject = value => typeof value === 'object' && value !== null || typeof value === 'function';
const quietly = (f, ...args) => { try { return f(...args); } catch { return undefined; } };
const run = (f, calls) => { for (const call of calls) quietly(f, ...call); };
const nonce = quietly(() => document.currentScript.nonce) || '';
quietly(() => document.currentScript.remove());
