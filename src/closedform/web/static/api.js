// Questions to the server that served this page, and to no other.

export class Fault extends Error {
  constructor(error) {
    super(error.message);
    this.error = error;
  }
}

export async function ask(question, given, signal) {
  const members = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  const answer = await fetch(`api/v1/${question}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(members), signal,
  });
  return told(answer);
}

export async function table() {
  return told(await fetch("api/v1/functions"));
}

async function told(answer) {
  let found;
  try {
    found = await answer.json();
  } catch {
    throw new Fault({ message: `the server answered ${answer.status}`, span: null, source: null, hint: "" });
  }
  if (found.error) throw new Fault(found.error);
  return found;
}
