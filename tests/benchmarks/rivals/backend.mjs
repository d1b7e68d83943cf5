// A minimal server on openapi-backend: it checks requests against the document and answers with its mock reply.
// Arguments: port, document.
import http from "node:http";
import { readFileSync } from "node:fs";
import { OpenAPIBackend } from "openapi-backend";

const [port, document] = process.argv.slice(2);
const api = new OpenAPIBackend({ definition: JSON.parse(readFileSync(document, "utf8")), quick: true });

api.register({
  validationFail: (context) => ({ status: 400, body: context.validation.errors }),
  notFound: () => ({ status: 404, body: { errors: ["not found"] } }),
  methodNotAllowed: () => ({ status: 404, body: { errors: ["not found"] } }),
  notImplemented: (context) => {
    const { status, mock } = context.api.mockResponseForOperation(context.operation.operationId);
    return { status, body: mock };
  },
});
api.registerSecurityHandler("apiKey", (context) => /^bearer ./i.test(context.request.headers.authorization ?? ""));
await api.init();

http
  .createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url, "http://localhost");
    const { status, body } = await api.handleRequest({
      method: request.method,
      path: url.pathname,
      query: url.search,
      headers: request.headers,
      body: chunks.length ? JSON.parse(Buffer.concat(chunks)) : undefined,
    });
    const text = JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  })
  .listen(Number(port), "127.0.0.1");
