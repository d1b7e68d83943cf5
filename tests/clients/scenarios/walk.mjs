// All clip projects, page by page, as Restream's own n8n node walks them: limit 100, on while pagination.hasMore.
const [url, key] = process.argv.slice(2);

const projects = [];
const pages = [];
let cursor;
do {
  const query = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) });
  const response = await fetch(`${url}/v2/user/clips/projects?${query}`, {
    headers: { Authorization: `Bearer ${key}`, Accept: "application/json" },
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const page = await response.json();
  projects.push(...page.projects);
  pages.push(page.projects.length);
  cursor = page.pagination?.hasMore === true ? page.pagination?.nextCursor : undefined;
} while (cursor && pages.length < 50);

console.log(JSON.stringify({ pages, projects }));
