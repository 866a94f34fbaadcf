/** The inbox: what is on the page wakes up, then the line to the desk opens. */
import { labelButtons } from "./commands.js";
import { desk } from "./desk.js";
import "./strict.js";
import "./keys.js";
import "./popovers.js";
import "./toasts.js";
import "./connection-bar.js";
import "./inbox-views.js";
import "./row-list.js";
import "./thread-head.js";
import "./inbox-thread.js";
import "./file-link.js";
import "./collision-line.js";
import "./composer.js";
import "./customer-pane.js";
import "./doing.js";
import "./search-popup.js";
import "./availability-switch.js";

const panes = document.querySelector(".panes");
const showing = (id) => (panes.dataset.showing = id ? "thread" : "list");
desk.addEventListener("open", ({ detail }) => showing(detail));
showing(desk.open);

labelButtons();
desk.start();
