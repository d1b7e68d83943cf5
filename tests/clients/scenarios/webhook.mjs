// Register a webhook: the real server answers 201 where the document says 200.
import { livepeer, print, thrown } from "./sdk.mjs";

const events = ["asset.created", "asset.ready"];
let result;
const error = await thrown(async () => {
  result = await livepeer.webhook.create({ name: "hook", url: "http://127.0.0.1:9/hook", events });
});
const { data: webhooks } = await livepeer.webhook.getAll();

print({
  thrown: error,
  created: result?.webhook?.name ?? null,
  error: result?.error ? true : false,
  listed: webhooks.some((webhook) => webhook.name === "hook"),
});
