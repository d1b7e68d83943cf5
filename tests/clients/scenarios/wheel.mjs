// Time, a fault and a webhook from JavaScript, with Livepeer's SDK as published. README shows this very program.
import { createServer } from "node:http";
import { once } from "node:events";
import { Livepeer } from "livepeer";

const mock = process.env.MOCKSERVER_URL ?? "http://127.0.0.1:4080";
const key = "test_js";
const livepeer = new Livepeer({ apiKey: key, serverURL: `${mock}/api` });

async function wheel(method, path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  const reply = await fetch(`${mock}/__admin/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(await reply.text());
  return reply.json();
}

// A world of this test's own, in which time stands until the test moves it, and the first clip asked for is refused.
await wheel("POST", "worlds", { provider: "livepeer", name: key, frozen: true, pace: 1, replace: true });
await wheel("POST", "faults", {
  calls: { world: key, operation: "createClip" }, turns: { first: 1 }, status: { code: 503, retryAfter: 2 },
});

// A receiver of webhooks on a free port of this machine.
const heard = [];
const receiver = createServer(async (request, response) => {
  const parts = await request.toArray();
  heard.push(JSON.parse(Buffer.concat(parts)).event);
  response.end();
}).listen(0, "127.0.0.1");
await once(receiver, "listening");
const url = `http://127.0.0.1:${receiver.address().port}/hook`;
await livepeer.webhook.create({ name: "hook", url, events: ["asset.created", "asset.ready", "asset.failed"] });

const clip = { playbackId: "eaw4nk06ts2d0mzb", startTime: 1587667174725, endTime: 1587667204725 };
await livepeer.stream.createClip(clip).catch((error) => console.log("refused with", error.statusCode));
const { data } = await livepeer.stream.createClip(clip);
const phase = async () => (await livepeer.asset.get(data.asset.id)).asset.status.phase;

console.log("at first", await phase());
await wheel("POST", `worlds/livepeer/${key}/clock/advance`, { by: "30s" });
console.log("after 30 s", await phase());
await wheel("POST", `worlds/livepeer/${key}/clock/advance`, { by: "50s" });
console.log("after 80 s", await phase(), heard.join(" "));
receiver.close();
