"use strict";
// What a page keeps in this browser; where a browser keeps nothing for such pages, it is forgotten with the page.

const forgotten = {};

function kept(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`chalkgrad.${name}`)) ?? forgotten[name] ?? otherwise;
  } catch {
    return forgotten[name] ?? otherwise;
  }
}

function keep(name, value) {
  forgotten[name] = value;
  try {
    localStorage.setItem(`chalkgrad.${name}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

function make(tag, text = "", attributes = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
