// What the SDK makes of the errors a client of clips meets.
import { Livepeer } from "livepeer";
import { clip, livepeer, print, thrown } from "./sdk.mjs";

const [url, key] = process.argv.slice(2);
const as = (apiKey) => new Livepeer({ apiKey, serverURL: `${url}/api` });

print({
  unknownKey: await thrown(() => as("nope").stream.createClip(clip)),
  noKey: await thrown(() => new Livepeer({ serverURL: `${url}/api` }).stream.createClip(clip)),
  stranger: await thrown(() => as(`${key}+stranger`).stream.createClip(clip)),
  unknownStream: await thrown(() => livepeer.stream.createClip({ ...clip, playbackId: "nope" })),
  badTimes: await thrown(() => livepeer.stream.createClip({ ...clip, endTime: 1 })),
  noPlayback: await thrown(() => livepeer.playback.get("nope")),
});
