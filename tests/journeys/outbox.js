/** What an outbox says and sends, step by step. */
async (module) => {
  const { Outbox } = await import(module);
  const sent = [], storage = sessionStorage, send = ({ client_id }) => sent.push(client_id) > 0;
  const options = { send, storage, prefix: "t:", patience: 60 };
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const states = (outbox) => outbox.entries.map(({ frame, state }) => frame.client_id + ":" + state);
  const outbox = new Outbox(options), said = {};
  for (const client_id of ["a", "b"]) outbox.add({ client_id, conversation: "one" });
  outbox.add({ client_id: "z", conversation: "two" });
  said.offline = states(outbox);
  outbox.up();
  said.first = [...sent];                       // one of each conversation
  outbox.echo("a");
  said.second = [...sent];
  await wait(90);
  said.impatient = states(outbox);
  outbox.add({ client_id: "c", conversation: "one" });
  said.again = sent.slice(3);                   // what was written before goes before
  outbox.refuse("b", { code: "text_empty", message: "No." });
  said.refused = states(outbox);
  said.next = sent.slice(4);                    // a refusal holds up nobody
  const late = new Outbox({ ...options, send: () => false });
  said.reloaded = states(late);
  outbox.clear();
  said.cleared = [sent.length, storage.length];
  return said;
}
