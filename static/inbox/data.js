/** What the page was delivered with. */
export const data = JSON.parse(document.getElementById("desk-data").textContent);
export const me = data.me;
