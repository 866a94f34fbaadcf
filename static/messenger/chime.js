/** Two soft notes, made here: a sound file would cost more than the whole messenger. */

let audio = null;

/** Play once for the message `id`, in one of all open tabs, and never before somebody has touched the page. */
export function chime(id) {
  if (!navigator.userActivation?.hasBeenActive) return;
  if (!navigator.locks) return play();
  navigator.locks.request("parley-chime-" + id, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    play();
    await new Promise((done) => setTimeout(done, 3_000)); // other tabs hear of it a little later
  });
}

function play() {
  audio ??= new AudioContext();
  audio.resume();
  for (const [pitch, after] of [[659, 0], [880, 0.12]]) {
    const note = audio.createOscillator(), volume = audio.createGain(), start = audio.currentTime + after;
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.08, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.35);
    note.connect(volume).connect(audio.destination);
    note.start(start);
    note.stop(start + 0.4);
  }
}
