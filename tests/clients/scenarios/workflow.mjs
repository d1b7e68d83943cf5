// Create a clip, poll it to its end, play it, find it in every list, delete it.
import { clip, livepeer, print, thrown } from "./sdk.mjs";

const { data: made } = await livepeer.stream.createClip(clip);
const phases = [];
let asset;
for (let polls = 0; polls < 5000; polls++) {
  ({ asset } = await livepeer.asset.get(made.asset.id));
  if (phases.at(-1) !== asset.status.phase) phases.push(asset.status.phase);
  if (!["waiting", "processing"].includes(asset.status.phase)) break;
}
const { task } = await livepeer.task.get(made.task.id);
const { playbackInfo } = await livepeer.playback.get(asset.playbackId);
const { session } = await livepeer.session.get(made.asset.source.sessionId);
const lists = [
  await livepeer.stream.getClips(session.parentId),
  await livepeer.session.getClips(session.id),
  await livepeer.asset.getAll(),
];
const listed = lists.map(({ data }) => data.some((one) => one.id === asset.id));
const { data: tasks } = await livepeer.task.getAll();
await livepeer.asset.delete(asset.id);
const gone = await thrown(() => livepeer.asset.get(asset.id));

print({
  name: made.asset.name,
  first: made.asset.status.phase,
  last: phases.slice(-2),
  hash: asset.hash,
  task: task.status.phase,
  type: playbackInfo.type,
  sources: playbackInfo.meta.source.map((source) => source.hrn),
  listed,
  tasked: tasks.some((one) => one.id === task.id),
  gone,
});
