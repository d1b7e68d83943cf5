// Streams and sessions, created and read.
import { clip, livepeer, print } from "./sdk.mjs";

const { stream: made } = await livepeer.stream.create({ name: "test_stream", record: true });
const { stream: read } = await livepeer.stream.get(made.id);
const { data: streams } = await livepeer.stream.getAll();
const { data: clipped } = await livepeer.stream.createClip(clip);
const { session } = await livepeer.session.get(clipped.asset.source.sessionId);
const { data: sessions } = await livepeer.session.getAll();
const { data: recorded } = await livepeer.session.getRecorded(session.parentId);

print({
  name: read.name,
  listed: streams.some((one) => one.id === made.id),
  sessions: sessions.some((one) => one.id === session.id),
  recorded: recorded.length > 0 && recorded.every((one) => one.parentId === session.parentId),
});
