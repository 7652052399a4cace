// Lays graphs out with ELK: a JSON list of its graphs on stdin, the same with positions on stdout.
async function main() {
  const ELK = require("elkjs");
  const elk = new ELK();
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  const graphs = [];
  for (const graph of JSON.parse(text)) graphs.push(await elk.layout(graph));
  process.stdout.write(JSON.stringify(graphs));
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
