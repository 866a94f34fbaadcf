/**
 * htmx under Trusted Types: what it fetched from our own origin may become markup, through this one policy, and nothing may
 * become a script. Our templates have escaped what people wrote; the content security policy stands behind.
 */
const policy = window.trustedTypes?.createPolicy("desk", { createHTML: (html) => html });

const refuse = () => {
  throw new TypeError("no scripts from text");
};

htmx.registerExtension("strict", {
  init: ({ initSecurity }) => initSecurity({ createHTML: (html) => policy?.createHTML(html) ?? html, createScript: refuse }, refuse, refuse),
});
