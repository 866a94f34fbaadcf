/** Times as people say them, and one clock that keeps them true. */
import { t } from "./words.js";

const page = document.documentElement.lang;
const lang = navigator.languages.find((each) => each.startsWith(`${page}-`)) ?? page; // of one language, each country has its own clock
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const unit = (name) => new Intl.NumberFormat(lang, { style: "unit", unit: name, unitDisplay: "short" });
const units = { minute: unit("minute"), hour: unit("hour"), day: unit("day") };
const relative = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
const format = (options) => new Intl.DateTimeFormat(lang, options);
const hourAndMinute = format({ hour: "numeric", minute: "2-digit" });
const weekday = format({ weekday: "long" });
const shortDate = format({ day: "numeric", month: "short" });
const longDate = format({ weekday: "long", day: "numeric", month: "long" });
const fullDate = format({ day: "numeric", month: "long", year: "numeric" });
const exact = format({ dateStyle: "full", timeStyle: "short" });
const weekdayAndTime = format({ weekday: "short", hour: "numeric", minute: "2-digit" });
const dateAndTime = format({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });

/** How long ago, in one unit: "2 min", "3 hr", "12 Oct". */
export function ago(at, now = Date.now()) {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return t("just_now");
  if (passed < HOUR) return units.minute.format(Math.floor(passed / MINUTE));
  if (passed < DAY) return units.hour.format(Math.floor(passed / HOUR));
  if (passed < 7 * DAY) return units.day.format(Math.floor(passed / DAY));
  return shortDate.format(Date.parse(at));
}

/** How long ago, inside of a sentence: "now", "2 minutes ago", "yesterday". */
export function since(at, now = Date.now()) {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return relative.format(0, "second");
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), "minute");
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), "hour");
  return relative.format(-Math.floor(passed / DAY), "day");
}

export const clock = (at) => hourAndMinute.format(Date.parse(at));

export const exactly = (at) => exact.format(Date.parse(at));

const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);

/** A number that is the same for two moments of one local day. */
export const dayOf = (at) => midnight(Date.parse(at));

/** "Today", "Yesterday", "Monday 12 October", with the year once it is another one. */
export function dayName(at, now = Date.now()) {
  const moment = Date.parse(at);
  const distance = Math.round((midnight(moment) - midnight(now)) / DAY);
  if (distance > -2 && distance < 1) return capital(relative.format(distance, "day"));
  if (new Date(moment).getFullYear() !== new Date(now).getFullYear()) return fullDate.format(moment);
  return distance > -7 && distance < 0 ? capital(weekday.format(moment)) : capital(longDate.format(moment));
}

/** A moment to come: "14:00" today, "Mon 09:00" this week, else with its date. */
export function upcoming(at, now = Date.now()) {
  const moment = Date.parse(at);
  const distance = Math.round((midnight(moment) - midnight(now)) / DAY);
  if (distance === 0) return hourAndMinute.format(moment);
  return (distance > 0 && distance < 7 ? weekdayAndTime : dateAndTime).format(moment);
}

const capital = (text) => text.charAt(0).toLocaleUpperCase(lang) + text.slice(1);

/** Let `<time>` say how long ago `at` was, now and from now on. */
export function age(time, at) {
  time.dateTime = at;
  time.dataset.age = "";
  time.title = exactly(at);
  time.textContent = ago(at);
}

// One timer for however many times are on screen; hidden tabs need none, they are told when they come back.
function tick() {
  if (document.hidden) return;
  for (const time of document.querySelectorAll("time[data-age]")) {
    const text = ago(time.dateTime);
    if (time.textContent !== text) time.textContent = text;
  }
  document.dispatchEvent(new Event("tick"));
}
setInterval(tick, 20_000);
document.addEventListener("visibilitychange", tick);
